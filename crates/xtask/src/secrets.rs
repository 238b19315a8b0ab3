//! An installation's secrets: made once, kept beside its data, readable by their owner only.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde::{Deserialize, Serialize};

/// The secrets of one installation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Secrets {
    /// From which every key's MAC comes.
    pub installation_secret: String,
    /// What the operator's commands prove themselves with.
    pub operator_key: String,
    /// The demo client's webhook secret.
    pub demo_webhook_secret: String,
}

impl Secrets {
    /// The secrets kept in this data folder, made now when there are none.
    pub fn of(data: &Path) -> Result<Self> {
        let path = data.join("secrets.json");
        if path.exists() {
            return Self::kept(data);
        }
        let secrets = Self {
            installation_secret: BASE64URL_NOPAD.encode(&random()?),
            operator_key: format!("operator_{}", BASE64URL_NOPAD.encode(&random()?)),
            demo_webhook_secret: format!("whsec_{}", BASE64.encode(&random()?)),
        };
        fs::create_dir_all(data)?;
        write_private(&path, &serde_json::to_string_pretty(&secrets)?)?;
        Ok(secrets)
    }

    /// The secrets kept in this data folder.
    pub fn kept(data: &Path) -> Result<Self> {
        let path = data.join("secrets.json");
        let text = fs::read_to_string(&path).with_context(|| {
            format!("{} is missing; name the data folder of the server with --data", path.display())
        })?;
        serde_json::from_str(&text).with_context(|| format!("{} could not be read", path.display()))
    }
}

/// Writes a file that only its owner may read.
pub fn write_private(path: &Path, text: &str) -> Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    std::io::Write::write_all(&mut options.open(path)?, text.as_bytes())?;
    Ok(())
}

fn random() -> Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("the machine gave no randomness: {error}"))?;
    Ok(bytes)
}
