//! Azure: Application Gateway, Front Door, API Management.

use super::{Producer, says, takes};
use crate::format::fields::Unit;
use crate::format::slot::Slot;

pub(in crate::format) static AZURE: Producer = Producer {
    name: "azure",
    about: "Azure Application Gateway, Front Door and API Management",
    signature: &[
        &[b"category"],
        &[b"propertieshttpmethod", b"propertiesmethod"],
        &[b"propertiesrequesturi", b"propertiesurl"],
    ],
    given: &[
        (b"correlationid", says(Slot::RequestId)),
        (b"propertiesroutingrulename", says(Slot::Route)),
        (b"propertiesserverresponselatency", takes(Slot::UpstreamDuration, Unit::Seconds)),
        (b"propertiesserverrouted", says(Slot::Upstream)),
        (b"propertiesserverstatus", says(Slot::UpstreamStatus)),
    ],
};
