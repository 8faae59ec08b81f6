//! Names of people, combined so that tens of thousands stay distinct. No real person is meant.

const FIRST: [&str; 48] = [
    "Anna", "Ben", "Clara", "David", "Elena", "Felix", "Grace", "Henrik", "Ines", "Jakob", "Karin",
    "Liam", "Maria", "Noah", "Olivia", "Paul", "Renate", "Samuel", "Teresa", "Ulrich", "Vera",
    "William", "Yara", "Zoe", "Adrian", "Beatrice", "Carlos", "Dana", "Emil", "Fatima", "Georg",
    "Hanna", "Ivan", "Julia", "Kamal", "Laura", "Marco", "Nadia", "Oscar", "Petra", "Rafael",
    "Sofia", "Thomas", "Uma", "Viktor", "Wendy", "Yusuf", "Zita",
];

const LAST: [&str; 53] = [
    "Adler",
    "Becker",
    "Castillo",
    "Dubois",
    "Eriksen",
    "Fischer",
    "Garcia",
    "Hoffmann",
    "Ivanova",
    "Jensen",
    "Keller",
    "Lindqvist",
    "Martin",
    "Novak",
    "Olsen",
    "Petrov",
    "Quinn",
    "Rossi",
    "Schneider",
    "Tanaka",
    "Ueda",
    "Vogel",
    "Walker",
    "Yilmaz",
    "Zimmermann",
    "Andersson",
    "Brown",
    "Costa",
    "Diaz",
    "Evans",
    "Fontaine",
    "Greco",
    "Haas",
    "Iqbal",
    "Jones",
    "Kowalski",
    "Lopez",
    "Meyer",
    "Nguyen",
    "Okafor",
    "Park",
    "Rahman",
    "Silva",
    "Taylor",
    "Urban",
    "Virtanen",
    "Weber",
    "Xu",
    "Young",
    "Zhang",
    "Bianchi",
    "Dahl",
    "Huber",
];

/// Name and mail alias of the n-th person. 48 and 53 share no divisor, so the first 2,544 people
/// all have different names; later ones get a number in their alias, as directories give it.
pub(super) fn person(n: usize) -> (String, String) {
    let first = FIRST[n % FIRST.len()];
    let last = LAST[n % LAST.len()];
    let round = n / (FIRST.len() * LAST.len());
    let alias = format!("{}.{}", first.to_lowercase(), last.to_lowercase());
    let alias = if round == 0 {
        alias
    } else {
        format!("{alias}{}", round + 1)
    };
    (format!("{first} {last}"), alias)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn fifty_thousand_people_have_distinct_aliases() {
        let aliases: HashSet<String> = (0..50_000).map(|n| person(n).1).collect();
        assert_eq!(aliases.len(), 50_000);
        assert_eq!(
            person(0),
            ("Anna Adler".to_owned(), "anna.adler".to_owned())
        );
    }
}
