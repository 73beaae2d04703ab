//! Gateways by what they are: servers that people run, servers of applications, platforms of services, clouds.

pub(super) mod applications;
pub(super) mod clouds;
pub(super) mod servers;
pub(super) mod services;
