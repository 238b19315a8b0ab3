//! Maps of pairs.

use std::collections::BTreeMap;

/// A map of pairs; of two with one key the later counts. `collect` would put the pairs in order first, and that order
/// is ten functions for every kind of pair: browsers and the Worker load them.
pub fn by_key<K: Ord, V>(pairs: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    for (key, value) in pairs {
        map.insert(key, value);
    }
    map
}
