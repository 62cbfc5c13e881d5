//! CSV of questions and answers: `question,answer[,heading]`, with or without a row of column names (问题,答案,主题).

use super::Block;
use crate::Error;

const QUESTION: [&str; 4] = ["question", "问题", "问", "q"];

pub(super) fn read(text: &str, limit: usize) -> Result<Vec<Block>, Error> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut blocks = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(|error| Error::Row {
            line: error.position().map_or(0, csv::Position::line),
            message: "the row can't be read; a field with a comma or a quote in it is written in double quotes".into(),
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        let field = |column: usize| record.get(column).map(str::trim).unwrap_or_default().to_owned();
        let (question, answer, heading) = (field(0), field(1), field(2));
        if index == 0 && QUESTION.contains(&question.to_lowercase().as_str()) {
            continue;
        }
        if record.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        let message = match () {
            () if record.len() > 3 => "more than three columns; expected question,answer[,heading]; quote commas",
            () if question.is_empty() => "the question is empty",
            () if answer.is_empty() => "the answer is empty",
            () => {
                blocks.push(Block::Question {
                    question,
                    answer,
                    heading: Some(heading).filter(|text| !text.is_empty()),
                });
                if blocks.len() > limit {
                    return Err(Error::TooManyPassages { limit });
                }
                continue;
            }
        };
        return Err(Error::Row { line, message: message.into() });
    }
    Ok(blocks)
}
