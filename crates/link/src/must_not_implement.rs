//! What a type must never be able to do, checked when it is compiled.

/// Does not compile where the type implements one of these traits: a secret that can be printed is printed one day.
///
/// ```compile_fail
/// #[derive(Debug)]
/// struct Token(String);
/// link::must_not_implement!(Token: std::fmt::Debug);
/// ```
///
/// ```
/// struct Token(String);
/// link::must_not_implement!(Token: std::fmt::Debug, std::fmt::Display, Clone);
/// ```
#[macro_export]
macro_rules! must_not_implement {
    ($type:ty: $($trait:path),+ $(,)?) => {
        $(const _: fn() = || {
            struct Implements;
            trait Ambiguous<A> {
                fn once() {}
            }
            impl<T: ?Sized> Ambiguous<()> for T {}
            impl<T: ?Sized + $trait> Ambiguous<Implements> for T {}
            // With the trait there are two of these, and the compiler cannot choose.
            let _ = <$type as Ambiguous<_>>::once;
        };)+
    };
}

#[cfg(test)]
mod tests {
    use crate::wire::{
        JoinLink,
        join::{Join, SecretText},
    };

    #[test]
    fn what_holds_a_secret_prints_none_of_it() {
        let code = "01234-56789-ABCDE-FGHJK";
        let join = Join { code: SecretText(code.into()), device: "a desk".into() };
        let link = JoinLink::read(&format!("trubka://join/calls.example.org/{code}")).expect("a link");
        for printed in [format!("{join:?}"), format!("{link:?}"), format!("{:#?}", SecretText(code.into()))] {
            assert!(!printed.contains("01234") && !printed.contains("ABCDE"), "{printed}");
        }
    }
}
