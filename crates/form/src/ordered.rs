//! Maps and short lists in order. What the standard library offers for both puts in order by a sort that is ten
//! functions for every kind of thing, and browsers and the Worker load them.

use std::collections::BTreeMap;

/// A map of pairs; of two with one key the later counts.
pub fn by_key<K: Ord, V>(pairs: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    for (key, value) in pairs {
        map.insert(key, value);
    }
    map
}

/// A list of at most some hundred things by their keys; those with one key stay as they were.
pub fn in_order<T, K: Ord>(things: impl IntoIterator<Item = T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut ordered: Vec<T> = Vec::new();
    for thing in things {
        let its = key(&thing);
        ordered.insert(ordered.partition_point(|other| key(other) <= its), thing);
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_later_of_two_and_the_order_of_equals() {
        assert_eq!(by_key([(2, 'a'), (1, 'b'), (2, 'c')]), BTreeMap::from([(1, 'b'), (2, 'c')]));
        let by_first = in_order([(2, 'a'), (1, 'b'), (2, 'c'), (0, 'd'), (1, 'e')], |pair| pair.0);
        assert_eq!(by_first, [(0, 'd'), (1, 'b'), (1, 'e'), (2, 'a'), (2, 'c')]);
        assert!(in_order(Vec::<u8>::new(), |number| *number).is_empty());
    }
}
