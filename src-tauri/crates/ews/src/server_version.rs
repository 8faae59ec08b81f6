//! The build a server names in its answer's header. It reads; it compares nothing.

use std::fmt;

use crate::tree::Element;

/// `h:ServerVersionInfo`: build of the server that answered, which with impersonation is the one
/// that holds the mailbox.
///
/// <https://learn.microsoft.com/exchange/client-developer/web-service-reference/serverversioninfo>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ServerVersion {
    /// `@MajorVersion`: 15 from Exchange 2013 on.
    pub major: u32,
    /// `@MinorVersion`: 0 for 2013, 1 for 2016, 2 for 2019 and SE.
    pub minor: u32,
    /// `@MajorBuildNumber`, for example 2562.
    pub build: u32,
    /// `@MinorBuildNumber`, for example 17.
    pub revision: u32,
    /// `@Version`: the schema the server speaks, for example `V2017_07_11`.
    pub schema: Option<String>,
}

impl ServerVersion {
    /// Attributes in EWS, children in Autodiscover
    /// (<https://learn.microsoft.com/exchange/client-developer/web-service-reference/serverversioninfo-soap>).
    /// `None` unless all four numbers are there: half a build would be an invented one.
    pub(crate) fn from_header(header: &Element) -> Option<Self> {
        let info = header.child("ServerVersionInfo")?;
        let value = |name| match info.attribute(name) {
            Some(value) => Some(value.to_owned()),
            None => info.child_text(name),
        };
        let number = |name| value(name)?.trim().parse().ok();
        Some(Self {
            major: number("MajorVersion")?,
            minor: number("MinorVersion")?,
            build: number("MajorBuildNumber")?,
            revision: number("MinorBuildNumber")?,
            schema: value("Version")
                .map(|version| version.trim().to_owned())
                .filter(|version| !version.is_empty()),
        })
    }
}

impl fmt::Display for ServerVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}.{}.{}.{}",
            self.major, self.minor, self.build, self.revision
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree;

    #[test]
    fn the_build_reads_as_administrators_write_it() {
        let version = version(r#"MajorVersion="15" MinorVersion="2" MajorBuildNumber="2562" MinorBuildNumber="17" Version="V2017_07_11""#).unwrap();
        assert_eq!(version.to_string(), "15.2.2562.17");
        assert_eq!(version.schema.as_deref(), Some("V2017_07_11"));
    }

    #[test]
    fn half_a_build_is_no_build() {
        assert_eq!(version(r#"MajorVersion="15" MinorVersion="2""#), None);
        assert_eq!(
            version(
                r#"MajorVersion="15" MinorVersion="2" MajorBuildNumber="x" MinorBuildNumber="1""#
            ),
            None
        );
    }

    fn version(attributes: &str) -> Option<ServerVersion> {
        let xml = format!("<Header><h:ServerVersionInfo {attributes}/></Header>");
        let header = tree::parse(&xml).unwrap();
        ServerVersion::from_header(&header)
    }
}
