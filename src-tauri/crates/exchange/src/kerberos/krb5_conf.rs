//! What matters of MIT's configuration file: which realm a host is in, and where a realm's KDCs are.
//! <https://web.mit.edu/kerberos/krb5-latest/doc/admin/conf_files/krb5_conf.html>
//!
//! Read where Kerberos itself reads it (`KRB5_CONFIG`, else `/etc/krb5.conf`). It is never written, and
//! what it says of encryption, lifetimes and caches is not for us.

use std::path::{Path, PathBuf};

use super::kdc::Kdc;

/// Files within files: more than this is a circle.
const MAX_DEPTH: usize = 4;
/// Larger files are something else.
const MAX_SIZE: u64 = 1024 * 1024;

/// The file, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Krb5Conf {
    /// `[realms]`: name, KDCs.
    realms: Vec<(String, Vec<Kdc>)>,
    /// `[domain_realm]`: host or `.domain`, realm.
    domains: Vec<(String, String)>,
}

impl Krb5Conf {
    /// The configuration of this computer; empty where there is none.
    pub(super) fn of_this_computer() -> Self {
        let mut conf = Self::default();
        for path in places() {
            conf.read(&path, 0);
        }
        conf
    }

    /// A realm's KDCs, and the realm as it is spelled here.
    pub(super) fn realm(&self, name: &str) -> Option<(&str, &[Kdc])> {
        self.realms
            .iter()
            .find(|(realm, _)| realm.eq_ignore_ascii_case(name))
            .map(|(realm, kdcs)| (realm.as_str(), kdcs.as_slice()))
    }

    /// The realm of a host: its own entry, then those of its domains, from the innermost on.
    pub(super) fn realm_of(&self, host: &str) -> Option<&str> {
        let mut name = host.to_ascii_lowercase();
        loop {
            if let Some((_, realm)) = self.domains.iter().find(|(domain, _)| *domain == name) {
                return Some(realm);
            }
            // mail.contoso.com, .contoso.com, contoso.com, .com, com
            name = match name.strip_prefix('.') {
                Some(domain) => domain.to_owned(),
                None => name[name.find('.')?..].to_owned(),
            };
        }
    }

    fn read(&mut self, path: &Path, depth: usize) {
        let sound =
            std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() < MAX_SIZE);
        if !sound || depth > MAX_DEPTH {
            return;
        }
        match std::fs::read(path) {
            Ok(bytes) => self.parse(&String::from_utf8_lossy(&bytes), depth),
            Err(error) => tracing::debug!(%error, "a Kerberos configuration cannot be read"),
        }
    }

    fn parse(&mut self, text: &str, depth: usize) {
        let mut section = String::new();
        let mut group: Option<String> = None;
        for line in text.lines().map(str::trim) {
            if line.is_empty() || line.starts_with(['#', ';']) {
                continue;
            }
            if let Some(file) = line.strip_prefix("include ") {
                self.read(Path::new(file.trim()), depth + 1);
            } else if let Some(folder) = line.strip_prefix("includedir ") {
                for file in parts_of(Path::new(folder.trim())) {
                    self.read(&file, depth + 1);
                }
            } else if let Some(name) = line.strip_prefix('[') {
                section.clear();
                section.push_str(name.split(']').next().unwrap_or_default());
                group = None;
            } else if line.starts_with('}') {
                group = None;
            } else if let Some((key, value)) = line.split_once('=') {
                let (key, value) = (key.trim().trim_end_matches('*'), value.trim());
                if value.starts_with('{') {
                    group = Some(key.to_owned());
                } else {
                    self.relation(&section, group.as_deref(), key, value.trim_matches('"'));
                }
            }
        }
    }

    fn relation(&mut self, section: &str, group: Option<&str>, key: &str, value: &str) {
        match (section, group, key) {
            ("realms", Some(realm), "kdc") => {
                let Some(kdc) = Kdc::parse(value) else { return };
                match self.realms.iter_mut().find(|(name, _)| name == realm) {
                    Some((_, kdcs)) => kdcs.push(kdc),
                    None => self.realms.push((realm.to_owned(), vec![kdc])),
                }
            }
            ("domain_realm", None, domain) => {
                self.domains
                    .push((domain.to_ascii_lowercase(), value.to_owned()));
            }
            _ => {}
        }
    }
}

fn places() -> Vec<PathBuf> {
    match std::env::var_os("KRB5_CONFIG") {
        Some(list) => std::env::split_paths(&list).collect(),
        None if cfg!(unix) => vec![PathBuf::from("/etc/krb5.conf")],
        None => Vec::new(),
    }
}

/// Files of an `includedir`: names of letters, digits, dashes and underscores, or ending in `.conf`.
fn parts_of(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            !name.starts_with('.')
                && (name.chars().all(plain)
                    || path.extension().is_some_and(|ending| ending == "conf"))
        })
        .collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::Krb5Conf;

    impl Krb5Conf {
        /// A configuration of this text.
        pub(in super::super) fn parsed(text: &str) -> Self {
            let mut conf = Self::default();
            conf.parse(text, 0);
            conf
        }
    }

    const CONF: &str = "
# of the domain
[libdefaults]
    default_realm = CONTOSO.COM
    kdc = nobody.example
[realms]
    CONTOSO.COM = {
        kdc = dc1.contoso.com
        kdc = tcp/dc2.contoso.com:1088
        admin_server = dc1.contoso.com
        auth_to_local_names = {
            svc = svc
        }
    }
    FABRIKAM.COM = {
        kdc = [2001:db8::1]:88
        kdc = https://proxy.fabrikam.com/KdcProxy
    }
[domain_realm]
    .contoso.com = CONTOSO.COM
    mail.contoso.com = FABRIKAM.COM
    localhost = CONTOSO.COM
";

    #[test]
    fn realms_have_their_kdcs() {
        let conf = Krb5Conf::parsed(CONF);
        let kdcs = |realm| {
            let (_, kdcs) = conf.realm(realm).expect(realm);
            kdcs.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(
            kdcs("contoso.com"),
            ["dc1.contoso.com:88", "dc2.contoso.com:1088"]
        );
        assert_eq!(kdcs("FABRIKAM.COM"), ["[2001:db8::1]:88"], "no KDC proxies");
        assert_eq!(
            conf.realm("contoso.com").map(|(name, _)| name),
            Some("CONTOSO.COM")
        );
        assert_eq!(conf.realm("nobody.example"), None);
    }

    #[test]
    fn a_host_is_in_the_realm_of_its_innermost_entry() {
        let conf = Krb5Conf::parsed(CONF);
        assert_eq!(conf.realm_of("Mail.Contoso.com"), Some("FABRIKAM.COM"));
        assert_eq!(conf.realm_of("ex1.site.contoso.com"), Some("CONTOSO.COM"));
        assert_eq!(
            conf.realm_of("contoso.com"),
            None,
            ".contoso.com is its hosts"
        );
        assert_eq!(conf.realm_of("localhost"), Some("CONTOSO.COM"));
        assert_eq!(conf.realm_of("mail.example.com"), None);
    }

    #[test]
    fn nonsense_is_nothing() {
        for text in [
            "",
            "[realms\n= {\n}\n}",
            "[domain_realm]\n=\n= =",
            "includedir /nowhere",
        ] {
            assert_eq!(
                Krb5Conf::parsed(text).realm_of("mail.contoso.com"),
                None,
                "{text}"
            );
        }
    }
}
