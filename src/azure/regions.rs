//! Regions of Azure and their spellings ("Azure regions list" of the reliability documentation, and those of the clouds
//! for governments and China).

/// Every region in the form that Resource Manager gives back: lower case, no spaces.
static REGIONS: &[&str] = &[
    "australiacentral",
    "australiacentral2",
    "australiaeast",
    "australiasoutheast",
    "austriaeast",
    "belgiumcentral",
    "brazilsouth",
    "brazilsoutheast",
    "canadacentral",
    "canadaeast",
    "centralindia",
    "centralus",
    "chilecentral",
    "chinaeast",
    "chinaeast2",
    "chinaeast3",
    "chinanorth",
    "chinanorth2",
    "chinanorth3",
    "denmarkeast",
    "eastasia",
    "eastus",
    "eastus2",
    "francecentral",
    "francesouth",
    "germanynorth",
    "germanywestcentral",
    "indonesiacentral",
    "israelcentral",
    "italynorth",
    "japaneast",
    "japanwest",
    "jioindiacentral",
    "jioindiawest",
    "koreacentral",
    "koreasouth",
    "malaysiawest",
    "mexicocentral",
    "newzealandnorth",
    "northcentralus",
    "northeurope",
    "norwayeast",
    "norwaywest",
    "polandcentral",
    "qatarcentral",
    "southafricanorth",
    "southafricawest",
    "southcentralus",
    "southeastasia",
    "southindia",
    "spaincentral",
    "swedencentral",
    "swedensouth",
    "switzerlandnorth",
    "switzerlandwest",
    "uaecentral",
    "uaenorth",
    "uksouth",
    "ukwest",
    "usdodcentral",
    "usdodeast",
    "usgovarizona",
    "usgovtexas",
    "usgovvirginia",
    "westcentralus",
    "westeurope",
    "westindia",
    "westus",
    "westus2",
    "westus3",
];

/// The region that a text names: `East US` and `eastus` are one. Nothing for a text that names none that is known.
pub fn region(text: &str) -> Option<&'static str> {
    let plain: String =
        text.chars().filter(|letter| *letter != ' ').map(|letter| letter.to_ascii_lowercase()).collect();
    REGIONS.iter().find(|region| **region == plain).copied()
}

#[cfg(test)]
mod tests {
    use super::region;

    #[test]
    fn spellings_of_one_region_are_one() {
        assert_eq!(
            (region("East US"), region("EastUS"), region("eastus")),
            (Some("eastus"), Some("eastus"), Some("eastus"))
        );
        assert_eq!((region("<region>"), region("eastuss")), (None, None));
    }
}
