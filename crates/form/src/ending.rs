//! Endings of files: the one list that the browser offers and the Worker keeps. What their first bytes
//! must be is data of the Worker (`crates/lead/src/data/file_kinds.json`), which a test holds to this list.

use crate::question::Question;

/// Endings of the files that may be attached; those in one group are names of the same kind.
pub const GROUPS: &[&[&str]] = &[
    &["pdf"],
    &["jpg", "jpeg"],
    &["png"],
    &["webp"],
    &["heic", "heif"],
    &["gif"],
    &["bmp"],
    &["tif", "tiff"],
    &["doc"],
    &["docx"],
    &["rtf"],
    &["xls"],
    &["xlsx"],
    &["ppt"],
    &["pptx"],
    &["odt"],
    &["ods"],
    &["txt"],
    &["csv"],
    &["zip"],
    &["dwg"],
    &["dxf"],
];

/// Every ending that the question takes: of all kinds, or of those it names, each with its other names.
pub fn endings(question: &Question) -> impl Iterator<Item = &'static str> {
    let is_asked = |group: &&&[&str]| {
        let named = |asked: &String| group.iter().any(|ending| ending.eq_ignore_ascii_case(asked));
        question.endings.is_empty() || question.endings.iter().any(named)
    };
    GROUPS.iter().filter(is_asked).flat_map(|group| group.iter().copied())
}

/// Whether a file with this ending may be attached to the question.
pub fn is_taken(question: &Question, ending: &str) -> bool {
    endings(question).any(|taken| taken.eq_ignore_ascii_case(ending))
}

/// What a browser's file dialog is told to offer: `.pdf,.jpg,.jpeg`.
pub fn accept(question: &Question) -> String {
    let mut accept = String::new();
    for ending in endings(question) {
        if !accept.is_empty() {
            accept.push(',');
        }
        accept.push('.');
        accept.push_str(ending);
    }
    accept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(endings: &[&str]) -> Question {
        Question { endings: endings.iter().map(|ending| (*ending).to_owned()).collect(), ..Question::default() }
    }

    #[test]
    fn a_question_takes_what_it_names_under_every_name() {
        let photos = asking(&["JPG", "heif"]);
        assert!(is_taken(&photos, "jpeg") && is_taken(&photos, "JPG") && is_taken(&photos, "heic"));
        assert!(!is_taken(&photos, "png"));
        assert_eq!(accept(&photos), ".jpg,.jpeg,.heic,.heif");
    }

    #[test]
    fn without_names_it_takes_everything_that_is_kept() {
        for ending in ["bmp", "heif", "ppt", "pptx", "rtf", "tif", "tiff", "pdf"] {
            assert!(is_taken(&asking(&[]), ending), "{ending}");
        }
        assert!(!is_taken(&asking(&[]), "exe"));
    }
}
