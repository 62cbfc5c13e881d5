//! English number words and the ordinals that belong to them.

/// What a word counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// Zero to nineteen.
    Ones(u32),
    /// Twenty to ninety.
    Tens(u32),
    Hundred,
    /// Thousand and above.
    Large(u64),
    Dozen,
}

/// The cardinal a word names.
pub(crate) fn cardinal(word: &str) -> Option<Word> {
    Some(match word {
        "zero" | "nil" => Word::Ones(0),
        "one" => Word::Ones(1),
        "two" => Word::Ones(2),
        "three" => Word::Ones(3),
        "four" => Word::Ones(4),
        "five" => Word::Ones(5),
        "six" => Word::Ones(6),
        "seven" => Word::Ones(7),
        "eight" => Word::Ones(8),
        "nine" => Word::Ones(9),
        "ten" => Word::Ones(10),
        "eleven" => Word::Ones(11),
        "twelve" => Word::Ones(12),
        "thirteen" => Word::Ones(13),
        "fourteen" => Word::Ones(14),
        "fifteen" => Word::Ones(15),
        "sixteen" => Word::Ones(16),
        "seventeen" => Word::Ones(17),
        "eighteen" => Word::Ones(18),
        "nineteen" => Word::Ones(19),
        "twenty" => Word::Tens(20),
        "thirty" => Word::Tens(30),
        "forty" | "fourty" => Word::Tens(40),
        "fifty" => Word::Tens(50),
        "sixty" => Word::Tens(60),
        "seventy" => Word::Tens(70),
        "eighty" => Word::Tens(80),
        "ninety" => Word::Tens(90),
        "hundred" => Word::Hundred,
        "thousand" => Word::Large(1_000),
        "lakh" | "lakhs" => Word::Large(100_000),
        "million" => Word::Large(1_000_000),
        "crore" | "crores" => Word::Large(10_000_000),
        "billion" => Word::Large(1_000_000_000),
        "trillion" => Word::Large(1_000_000_000_000),
        "quadrillion" => Word::Large(1_000_000_000_000_000),
        "dozen" | "dozens" | "dz" | "dzs" | "doz" | "dozs" => Word::Dozen,
        _ => return None,
    })
}

/// The ordinal a word names, as the cardinal it belongs to.
pub(crate) fn ordinal(word: &str) -> Option<Word> {
    Some(match word {
        "first" => Word::Ones(1),
        "second" => Word::Ones(2),
        "third" => Word::Ones(3),
        "fourth" => Word::Ones(4),
        "fifth" => Word::Ones(5),
        "sixth" => Word::Ones(6),
        "seventh" => Word::Ones(7),
        "eighth" => Word::Ones(8),
        "ninth" | "nineth" => Word::Ones(9),
        "tenth" => Word::Ones(10),
        "eleventh" => Word::Ones(11),
        "twelfth" => Word::Ones(12),
        "thirteenth" => Word::Ones(13),
        "fourteenth" => Word::Ones(14),
        "fifteenth" => Word::Ones(15),
        "sixteenth" => Word::Ones(16),
        "seventeenth" => Word::Ones(17),
        "eighteenth" => Word::Ones(18),
        "nineteenth" => Word::Ones(19),
        "twentieth" => Word::Tens(20),
        "thirtieth" => Word::Tens(30),
        "fortieth" => Word::Tens(40),
        "fiftieth" => Word::Tens(50),
        "sixtieth" => Word::Tens(60),
        "seventieth" => Word::Tens(70),
        "eightieth" => Word::Tens(80),
        "ninetieth" => Word::Tens(90),
        "hundredth" => Word::Hundred,
        "thousandth" => Word::Large(1_000),
        "millionth" => Word::Large(1_000_000),
        "billionth" => Word::Large(1_000_000_000),
        "trillionth" => Word::Large(1_000_000_000_000),
        _ => return None,
    })
}
