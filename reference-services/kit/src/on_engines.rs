//! One suite of tests for several engines behind one port.

/// Makes a test of each function in the last list on each engine: in a module with the engine's
/// name, with the attributes in brackets, and at the place that the expression gives. The module
/// `places` beside the suite has the type `Place`.
macro_rules! on_engines {
    (@engine $(#[$gate:meta])* $engine:ident $attributes:tt $place:expr,
     [$($name:ident),+ $(,)?]) => {
        $(#[$gate])*
        mod $engine {
            use super::super::places::Place;
            $(on_engines!(@test $attributes $name $place);)+
        }
    };
    (@test [$($attribute:tt)*] $name:ident $place:expr) => {
        #[tokio::test]
        $($attribute)*
        async fn $name() {
            super::$name($place).await;
        }
    };
    ($($(#[$gate:meta])* $engine:ident $attributes:tt at $place:expr,)+ => $names:tt) => {
        $(on_engines!(@engine $(#[$gate])* $engine $attributes $place, $names);)+
    };
}
