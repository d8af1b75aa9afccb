//! The makes that carry the scenarios.

use simulator::Make;

/// The makes of every scene.
pub(crate) const MAKES: [Make; 5] = [Make::ROSTELECOM, Make::MANGO_CLIENT, Make::MANGO_VPBX, Make::ZADARMA, Make::ERA];

/// Turns each scenario into one test a make.
macro_rules! on_all_makes {
    ($($scenario:ident),+ $(,)?) => {
        $(mod $scenario {
            #[tokio::test]
            async fn rostelecom() {
                super::$scenario(simulator::Make::ROSTELECOM).await;
            }

            #[tokio::test]
            async fn mango_client() {
                super::$scenario(simulator::Make::MANGO_CLIENT).await;
            }

            #[tokio::test]
            async fn mango_vpbx() {
                super::$scenario(simulator::Make::MANGO_VPBX).await;
            }

            #[tokio::test]
            async fn zadarma() {
                super::$scenario(simulator::Make::ZADARMA).await;
            }

            #[tokio::test]
            async fn era() {
                super::$scenario(simulator::Make::ERA).await;
            }
        })+
    };
}

/// Scenarios that only these two makes can play.
macro_rules! on_rostelecom_and_mango_client {
    ($($scenario:ident),+ $(,)?) => {
        $(mod $scenario {
            #[tokio::test]
            async fn rostelecom() {
                super::$scenario(simulator::Make::ROSTELECOM).await;
            }

            #[tokio::test]
            async fn mango_client() {
                super::$scenario(simulator::Make::MANGO_CLIENT).await;
            }
        })+
    };
}

/// The make as an office calls it; the simulator and the office share no type.
pub(crate) fn of_office(make: Make) -> pbx::Make {
    make.name().parse().expect("both know it by one name")
}
