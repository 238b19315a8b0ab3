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
    /// Columns of rows that go: ids, codes, and keys.
    pub gone: Vec<&'a str>,
    /// Columns of rows that go, which hold what a person typed.
    pub wiped: Vec<&'a str>,
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
                "wiped" => table.wiped.extend(words),
                _ => {}
            }
            continue;
        }
        let belongs = words.next().and_then(|word| word.split_once('='));
        nobodys = belongs.is_none();
        if let Some((key, of)) = belongs {
            let none = Vec::new;
            tables.push(Table { name: first, key, of, empty: none(), null: none(), gone: none(), wiped: none() });
        }
    }
    tables.retain(|table| {
        !table.empty.is_empty() || !table.null.is_empty() || !table.gone.is_empty() || !table.wiped.is_empty()
    });
    tables
}

impl Table<'_> {
    /// The statements that erase, in order; `?` is a JSON list of the ids its rows belong to.
    ///
    /// What was typed is first written over with as many bytes, which the database does in place: bytes that are
    /// only given free stay in the file until something else needs their room, and the object may not ask for more.
    /// Keys cannot be written over; of a contact's points they remain in free room until it is used again.
    pub fn statements(&self) -> Vec<String> {
        let rows = format!("{} IN (SELECT value FROM json_each(?))", self.key);
        let held: Vec<String> =
            self.empty.iter().chain(&self.null).chain(&self.wiped).map(|column| written_over(column)).collect();
        let mut statements = Vec::new();
        if !held.is_empty() {
            statements.push(format!("UPDATE {} SET {} WHERE {rows}", self.name, held.join(", ")));
        }
        if !self.gone.is_empty() || !self.wiped.is_empty() {
            statements.push(format!("DELETE FROM {} WHERE {rows}", self.name));
            return statements;
        }
        let empty = self.empty.iter().map(|column| format!("{column} = ''"));
        let null = self.null.iter().map(|column| format!("{column} = NULL"));
        let set: Vec<String> = empty.chain(null).collect();
        statements.push(format!("UPDATE {} SET {} WHERE {rows}", self.name, set.join(", ")));
        statements
    }
}

/// An assignment of as many bytes that say nothing.
pub fn written_over(column: &str) -> String {
    format!(
        "{column} = CASE WHEN length({column}) = 0 OR {column} IS NULL THEN {column} \
         WHEN typeof({column}) = 'blob' THEN zeroblob(length({column})) \
         ELSE printf('%.*c', length(CAST({column} AS BLOB)), 'x') END"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_becomes_statements() {
        let list = "# why\nkeys -\n  kept id\n  empty never\nnotes lead=lead\n  gone id\n  wiped body\nleads id=lead\n  kept id\n  empty a b\n  null c\n";
        let statements: Vec<String> = read(list).iter().flat_map(Table::statements).collect();
        let rows = |key: &str| format!("WHERE {key} IN (SELECT value FROM json_each(?))");
        assert_eq!(
            statements,
            [
                format!("UPDATE notes SET {} {}", written_over("body"), rows("lead")),
                format!("DELETE FROM notes {}", rows("lead")),
                format!("UPDATE leads SET {} {}", ["a", "b", "c"].map(written_over).join(", "), rows("id")),
                format!("UPDATE leads SET a = '', b = '', c = NULL {}", rows("id")),
            ]
        );
        assert!(personal().iter().all(|table| ["contact", "lead", "inquiry", "file"].contains(&table.of)));
    }
}
