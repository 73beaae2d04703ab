//! Gateways by what they are: servers that people run, platforms of services, clouds.

pub(super) mod clouds;
pub(super) mod servers;
pub(super) mod services;
