//! The list of what every column holds, read from `columns.txt`, as statements that erase.

/// What an erasure does to a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table<'a> {
    /// Its name.
    pub name: &'a str,
    /// The column by which its rows belong to a person.
    pub key: &'a str,
    /// To what of the person's: `contact`, `lead`, `inquiry` or `file`.
    pub of: &'a str,
    /// Columns that become empty.
    pub empty: Vec<&'a str>,
    /// Columns that become null.
    pub null: Vec<&'a str>,
    /// Columns of rows that go.
    pub gone: Vec<&'a str>,
}

/// The list.
const LIST: &str = include_str!("columns.txt");

/// The tables that hold anything of a person's, in the order of the list.
pub fn personal() -> Vec<Table<'static>> {
    read(LIST)
}

fn read(list: &str) -> Vec<Table<'_>> {
    let mut tables: Vec<Table<'_>> = Vec::new();
    let mut nobodys = true;
    for line in list.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        let mut words = line.split_whitespace();
        let Some(first) = words.next() else { continue };
        if line.starts_with(' ') {
            let Some(table) = tables.last_mut().filter(|_| !nobodys) else { continue };
            match first {
                "empty" => table.empty.extend(words),
                "null" => table.null.extend(words),
                "gone" => table.gone.extend(words),
                _ => {}
            }
            continue;
        }
        let belongs = words.next().and_then(|word| word.split_once('='));
        nobodys = belongs.is_none();
        if let Some((key, of)) = belongs {
            tables.push(Table { name: first, key, of, empty: vec![], null: vec![], gone: vec![] });
        }
    }
    tables.retain(|table| !table.empty.is_empty() || !table.null.is_empty() || !table.gone.is_empty());
    tables
}

impl Table<'_> {
    /// The statement that erases; `?` is a JSON list of the ids its rows belong to.
    pub fn statement(&self) -> String {
        let rows = format!("{} IN (SELECT value FROM json_each(?))", self.key);
        if !self.gone.is_empty() {
            return format!("DELETE FROM {} WHERE {rows}", self.name);
        }
        let empty = self.empty.iter().map(|column| format!("{column} = ''"));
        let null = self.null.iter().map(|column| format!("{column} = NULL"));
        let set: Vec<String> = empty.chain(null).collect();
        format!("UPDATE {} SET {} WHERE {rows}", self.name, set.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_becomes_statements() {
        let list = "# why\nkeys -\n  kept id\n  empty never\nnotes lead=lead\n  gone id body\nleads id=lead\n  kept id\n  empty a b\n  null c\n";
        let statements: Vec<String> = read(list).iter().map(Table::statement).collect();
        assert_eq!(
            statements,
            [
                "DELETE FROM notes WHERE lead IN (SELECT value FROM json_each(?))",
                "UPDATE leads SET a = '', b = '', c = NULL WHERE id IN (SELECT value FROM json_each(?))"
            ]
        );
        assert!(personal().iter().all(|table| ["contact", "lead", "inquiry", "file"].contains(&table.of)));
    }
}
