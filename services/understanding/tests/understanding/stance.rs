//! Stances on the real encoder.

use understanding::stance::{Stance, StanceReader, texts};

use super::start;

#[test]
fn what_a_message_makes_of_an_offer_is_read_in_words_that_were_never_shown() {
    let encoder = start();
    let shipped: Vec<&str> = texts().map(|(_, text)| text).collect();
    let embed = |texts: &[&str]| -> Vec<_> {
        encoder.embed_many_blocking(texts).unwrap().into_iter().map(|embedding| embedding.vector).collect()
    };
    let reader = StanceReader::fit(&embed(&shipped));
    for (text, expected) in [
        ("that one would be just fine", Stance::Accept),
        ("这个可以，我觉得很好", Stance::Accept),
        ("have you got any different ones?", Stance::Others),
        ("还有没有别的可以选", Stance::Others),
        ("no, not at this moment", Stance::Decline),
        ("nothing else, thanks, bye", Stance::Finish),
        ("没有其他事了，谢谢", Stance::Finish),
        ("what is its address?", Stance::Question),
        ("它的电话号码是多少", Stance::Question),
        ("I need a taxi to the station at six", Stance::Inform),
    ] {
        let vector = embed(&[text]).remove(0);
        assert_eq!(reader.read(&vector).0, expected, "{text}");
    }
}
