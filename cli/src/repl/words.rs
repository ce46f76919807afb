//! The words of questions: keywords, and the functions that policies know.

/// Keywords, in the order in which completion offers them.
pub(super) const KEYWORDS: &[&str] = &[
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP BY",
    "HAVING",
    "ORDER BY",
    "LIMIT",
    "JOIN",
    "INNER JOIN",
    "LEFT JOIN",
    "ON",
    "USING",
    "AND",
    "OR",
    "NOT",
    "IN",
    "EXISTS",
    "BETWEEN",
    "LIKE",
    "IS NULL",
    "IS NOT NULL",
    "NULL",
    "TRUE",
    "FALSE",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "AS",
    "ASC",
    "DESC",
    "NULLS FIRST",
    "NULLS LAST",
    "WITH",
    "RECURSIVE",
    "UNION ALL",
    "EXCEPT",
    "INTERSECT",
    "DISTINCT",
    "OVER",
    "PARTITION BY",
    "ROWS",
    "RANGE",
    "PRECEDING",
    "FOLLOWING",
    "CURRENT ROW",
    "INTERVAL",
    "DATE",
    "TIMESTAMP",
    "CAST",
    "VALUES",
    "FILTER",
    "EXPLAIN POLICY",
    "SHOW APPROVED",
    "SHOW TABLES",
    "SHOW COLUMNS FROM",
    "DESCRIBE",
];

/// Functions and where they may stand.
pub(super) const FUNCTIONS: &[(&str, &str)] = &[
    ("COUNT(", "aggregate"),
    ("COUNT(DISTINCT ", "aggregate: units, keys, dimensions"),
    ("SUM(", "aggregate: measures"),
    ("AVG(", "aggregate: measures"),
    ("VAR(", "aggregate: measures"),
    ("STDDEV(", "aggregate: measures"),
    ("MIN(", "inner aggregate: measures, filters"),
    ("MAX(", "inner aggregate: measures, filters"),
    ("ROW_NUMBER(", "window"),
    ("RANK(", "window"),
    ("LAG(", "window"),
    ("LEAD(", "window"),
    ("DATE_TRUNC(", "anywhere"),
    ("DATE_PART(", "anywhere"),
    ("DATE_BIN(", "anywhere"),
    ("FLOOR(", "anywhere, to a grid"),
    ("ROUND(", "anywhere, to a grid"),
    ("ABS(", "anywhere"),
    ("LOWER(", "anywhere"),
    ("UPPER(", "anywhere"),
    ("COALESCE(", "anywhere"),
    ("NULLIF(", "anywhere"),
    ("GREATEST(", "anywhere"),
    ("LEAST(", "anywhere"),
    ("SIGNUM(", "above a release"),
    ("SQRT(", "above a release"),
    ("POWER(", "above a release"),
    ("EXP(", "above a release"),
    ("LN(", "above a release"),
    ("LOG(", "above a release"),
    ("CEIL(", "above a release"),
    ("TRUNC(", "above a release"),
];

/// Whether a word is one of a keyword's.
pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS
        .iter()
        .flat_map(|keyword| keyword.split(' '))
        .chain(["POLICY", "BY", "SET", "TABLES", "COLUMNS"])
        .any(|part| part.eq_ignore_ascii_case(word))
}

/// Whether a word is a function's name.
pub(super) fn is_function(word: &str) -> bool {
    FUNCTIONS.iter().any(|(function, _)| {
        let name = function.split('(').next().unwrap_or(function);
        name.eq_ignore_ascii_case(word)
    })
}
