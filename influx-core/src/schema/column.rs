use std::fmt;
use std::marker::PhantomData;

use super::Role;

/// The roles of a [`Column`], as types.
pub mod role {
    /// Indexed text; part of the series key.
    #[derive(Debug, Clone, Copy)]
    pub enum Tag {}
    /// A stored value.
    #[derive(Debug, Clone, Copy)]
    pub enum Field {}
    /// The time of the point.
    #[derive(Debug, Clone, Copy)]
    pub enum Timestamp {}
}

/// The role of a [`Column`], as a type: [`role::Tag`], [`role::Field`] or [`role::Timestamp`].
pub trait RoleType: sealed::Sealed {
    /// The same as a value.
    const ROLE: Role;
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::role::Tag {}
    impl Sealed for super::role::Field {}
    impl Sealed for super::role::Timestamp {}
}

impl RoleType for role::Tag {
    const ROLE: Role = Role::Tag;
}

impl RoleType for role::Field {
    const ROLE: Role = Role::Field;
}

impl RoleType for role::Timestamp {
    const ROLE: Role = Role::Timestamp;
}

/// The typed name of a column: of struct `T`, in role `R`, compared with `B`.
///
/// `#[derive(Measurement)]` makes one constant for each column, named like the member in capitals:
///
/// ```
/// # #[cfg(feature = "derive")] {
/// use influx_core::Measurement;
///
/// #[derive(Measurement)]
/// struct Cpu {
///     #[tag(name = "host")]
///     hostname: String,
///     #[field]
///     temp: f64,
/// }
///
/// assert_eq!(Cpu::HOSTNAME.name(), "host");
/// assert_eq!(Cpu::TEMP.name(), "temp");
/// # }
/// ```
pub struct Column<T: ?Sized, R, B: ?Sized> {
    name: &'static str,
    of: PhantomData<fn(&T, R, &B)>,
}

impl<T: ?Sized, R, B: ?Sized> Column<T, R, B> {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, of: PhantomData }
    }

    /// The key on the server; `_time` for the timestamp.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl<T: ?Sized, R, B: ?Sized> Clone for Column<T, R, B> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized, R, B: ?Sized> Copy for Column<T, R, B> {}

impl<T: ?Sized, R, B: ?Sized> fmt::Debug for Column<T, R, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Column({:?})", self.name)
    }
}
