//! The clouds of Azure. Each has regions, login servers and a directory of its own: an identity of one is nobody in
//! another (docs.azure.cn and the Azure Government developer guide).

use super::image::SUFFIXES;

/// A cloud of Azure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cloud {
    /// The public one.
    Public,
    /// Azure Government.
    Government,
    /// Azure in China.
    China,
    /// The German one, which was closed.
    Germany,
}

impl Cloud {
    /// The cloud that a region belongs to; `region` as [`super::regions::region`] gives it.
    pub fn of_region(region: &str) -> Cloud {
        match region {
            _ if region.starts_with("usgov") || region.starts_with("usdod") => Cloud::Government,
            _ if region.starts_with("china") => Cloud::China,
            _ => Cloud::Public,
        }
    }

    /// The cloud whose registries have such a host, with a port or without; nothing for any other host.
    pub fn of_host(host: &str) -> Option<Cloud> {
        let host = host.to_ascii_lowercase();
        let host = host.split(':').next().unwrap_or_default();
        let clouds = [Cloud::Public, Cloud::Government, Cloud::China, Cloud::Germany];
        clouds.into_iter().find(|cloud| host.strip_suffix(cloud.suffix()).is_some_and(|name| !name.is_empty()))
    }

    /// What its login servers end in.
    pub fn suffix(self) -> &'static str {
        let [public, government, china, germany] = SUFFIXES;
        match self {
            Cloud::Public => public,
            Cloud::Government => government,
            Cloud::China => china,
            Cloud::Germany => germany,
        }
    }

    /// What it is called in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Cloud::Public => "public Azure",
            Cloud::Government => "Azure Government",
            Cloud::China => "Azure China",
            Cloud::Germany => "the former Azure Germany",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cloud;

    #[test]
    fn regions_and_hosts_have_their_clouds() {
        let regions = ["westeurope", "usgovvirginia", "usdodeast", "chinanorth3"].map(Cloud::of_region);
        assert_eq!(regions, [Cloud::Public, Cloud::Government, Cloud::Government, Cloud::China]);
        assert_eq!(Cloud::of_host("Contoso.azurecr.US:443"), Some(Cloud::Government));
        assert_eq!((Cloud::of_host("ghcr.io"), Cloud::of_host(".azurecr.io")), (None, None));
    }
}
