//! The two makes that carry every scenario.

use simulator::Make;

/// Turns each scenario into one test a make.
macro_rules! on_both_makes {
    ($($scenario:ident),+ $(,)?) => {
        $(mod $scenario {
            #[tokio::test]
            async fn rostelecom() {
                super::$scenario(simulator::Make::Rostelecom).await;
            }

            #[tokio::test]
            async fn mango_client() {
                super::$scenario(simulator::Make::MangoClient).await;
            }
        })+
    };
}

/// The make as an office calls it; the simulator and the office share no type.
pub(crate) fn of_office(make: Make) -> pbx::Make {
    make.name().parse().expect("both know it by one name")
}
