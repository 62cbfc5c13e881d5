//! The data set's database in temporary tables of Postgres, gone with the connection, and one search skill per domain: a
//! manifest in memory, whose statement runs with nothing but bound values.

use std::collections::BTreeMap;

use anyhow::{Context, anyhow};
use inquiry::{Dimension, Kind, Said, Topic, Topics, Wanted};
use serde_json::{Value, json};
use skills::sql::Parameter;
use skills::{Manifest, Skill};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use super::acts;
use super::data::{Data, Entry};

/// A row by column.
pub(super) type Row = dispatch::Row;

/// The connection and the skills.
pub(super) struct Database {
    connection: PgConnection,
    /// By topic; `None` for routes, which are looked up by their ends.
    skills: Vec<Option<Skill>>,
}

impl Database {
    /// Connects, loads the tables and compiles the skills.
    pub(super) async fn load(url: &str, topics: &Topics, data: &Data) -> anyhow::Result<Self> {
        let mut connection = PgConnection::connect(url).await.context("the database of DATABASE_URL can't be used")?;
        let mut skills = Vec::new();
        for (number, topic) in topics.topics.iter().enumerate() {
            let entries = data.database.get(topic.name.as_str()).map(Vec::as_slice).unwrap_or_default();
            let is_place = !topic.things.is_empty();
            if is_place {
                fill(&mut connection, number, topic, entries).await?;
            } else if !entries.is_empty() {
                stations(&mut connection, entries).await?;
            }
            skills.push(is_place.then(|| skill(number, topic)).transpose()?);
        }
        Ok(Self { connection, skills })
    }

    /// Ends the connection, and with it the tables.
    pub(super) async fn close(self) -> anyhow::Result<()> {
        self.connection.close().await?;
        Ok(())
    }

    /// The things of a topic that meet all conditions; `name` alone is looked up where it is given.
    pub(super) async fn find(
        &mut self,
        topics: &Topics,
        topic: usize,
        said: &[&Said],
        name: Option<&str>,
    ) -> anyhow::Result<Vec<Row>> {
        let Some(Some(skill)) = self.skills.get(topic) else { return Ok(Vec::new()) };
        let slots = slots(topics, topic, said, name);
        let statement = skill.run.statement().context("a topic is searched by a statement")?;
        let mut query = sqlx::query(AssertSqlSafe(statement.text.as_str()));
        for parameter in &statement.parameters {
            let value = match parameter {
                Parameter::Slot(slot) => slots.get(slot.as_str()).cloned(),
                _ => None,
            };
            query = query.bind(value);
        }
        let rows = query.fetch_all(&mut self.connection).await?;
        let read = |row: &sqlx::postgres::PgRow| {
            dispatch::rows::read(row, chrono_tz::Asia::Shanghai).map_err(|error| anyhow!(error))
        };
        rows.iter().map(read).collect()
    }

    /// Whether the stations near both ends of a route can be told, be it that there is none.
    pub(super) async fn knows_stations(&mut self, from: &str, to: &str) -> anyhow::Result<bool> {
        let sql = "SELECT count(DISTINCT name) = 2 OR $1 = $2 FROM station WHERE name IN ($1, $2)";
        Ok(sqlx::query_scalar(sql).bind(from).bind(to).fetch_one(&mut self.connection).await?)
    }
}

/// The name of a topic's table, and of a column: numbers, so that no text of the data becomes SQL.
fn table(number: usize) -> String {
    format!("topic{number}")
}

/// How a column is stored.
fn sql_type(kind: &Kind) -> &'static str {
    match kind {
        Kind::Amount { dimension: Dimension::Money | Dimension::Score, .. } => "numeric",
        Kind::Flags(_) | Kind::Tags { .. } | Kind::Near(_) => "text[]",
        _ => "text",
    }
}

async fn fill(connection: &mut PgConnection, number: usize, topic: &Topic, entries: &[Entry]) -> anyhow::Result<()> {
    let table = table(number);
    let columns: Vec<String> =
        topic.columns.iter().enumerate().map(|(c, column)| format!("c{c} {}", sql_type(&column.kind))).collect();
    connection
        .execute(AssertSqlSafe(format!("CREATE TEMPORARY TABLE {table} (name text, {})", columns.join(", "))))
        .await?;
    let rows: Vec<Value> = entries
        .iter()
        .map(|(name, values)| {
            let mut row = BTreeMap::from([("name".to_owned(), json!(name))]);
            for (c, column) in topic.columns.iter().enumerate() {
                row.insert(format!("c{c}"), values.get(&column.name).cloned().unwrap_or(Value::Null));
            }
            json!(row)
        })
        .collect();
    let names: Vec<String> = (0..topic.columns.len()).map(|c| format!("c{c}")).collect();
    let insert = format!(
        "INSERT INTO {table} SELECT name, {} FROM jsonb_to_recordset($1::jsonb) AS r (name text, {})",
        names.join(", "),
        columns.join(", ")
    );
    sqlx::query(AssertSqlSafe(insert)).bind(Value::Array(rows).to_string()).execute(&mut *connection).await?;
    Ok(())
}

async fn stations(connection: &mut PgConnection, entries: &[Entry]) -> anyhow::Result<()> {
    connection.execute("CREATE TEMPORARY TABLE station (name text, station text)").await?;
    let rows: Vec<Value> =
        entries.iter().map(|(name, values)| json!({"name": name, "station": values.get("地铁")})).collect();
    let insert =
        "INSERT INTO station SELECT name, station FROM jsonb_to_recordset($1::jsonb) AS r (name text, station text)";
    sqlx::query(insert).bind(Value::Array(rows).to_string()).execute(connection).await?;
    Ok(())
}

/// The search skill of a topic: every column that can be a condition has its slots, all optional.
fn skill(number: usize, topic: &Topic) -> anyhow::Result<Skill> {
    let mut properties = serde_json::Map::new();
    let mut conditions = vec!["(:name IS NULL OR name = :name)".to_owned()];
    properties.insert("name".into(), json!({"type": "string"}));
    let mut slot = |name: String, kind: &str, condition: &str| {
        conditions.push(condition.replace("{}", &format!(":{name}")));
        properties.insert(name, json!({"type": kind}));
    };
    for (c, column) in topic.columns.iter().enumerate() {
        match &column.kind {
            Kind::Amount { dimension: Dimension::Money | Dimension::Score, .. } => {
                slot(format!("low{c}"), "number", &format!("({{}} IS NULL OR c{c} >= {{}})"));
                slot(format!("high{c}"), "number", &format!("({{}} IS NULL OR c{c} <= {{}})"));
            }
            Kind::Amount { .. } | Kind::Options(_) => {
                slot(format!("is{c}"), "string", &format!("({{}} IS NULL OR strpos(c{c}, {{}}) > 0)"));
            }
            Kind::Flags(_) | Kind::Tags { .. } => {
                // Every word wanted is in some member: who wants 牛舌 is content with 烤牛舌.
                let every = format!(
                    "({{}} IS NULL OR NOT EXISTS (SELECT 1 FROM unnest(regexp_split_to_array({{}}, '[|]')) AS wanted (w)
                      WHERE NOT EXISTS (SELECT 1 FROM unnest(c{c}) AS member (m) WHERE strpos(m, w) > 0)))"
                );
                slot(format!("has{c}"), "string", &every);
            }
            Kind::Near(_) => slot(format!("near{c}"), "string", &format!("({{}} IS NULL OR {{}} = ANY (c{c}))")),
            Kind::Text | Kind::Place(_) => {}
        }
    }
    let columns: Vec<String> = (0..topic.columns.len()).map(|c| format!("c{c}")).collect();
    let sql = format!(
        "SELECT name, {} FROM {} WHERE {} ORDER BY name",
        columns.join(", "),
        table(number),
        conditions.join(" AND ")
    );
    let manifest: Manifest = serde_json::from_value(json!({
        "skill": format!("topic{number}.find"),
        "title": {"zh": format!("查{}", topic.name), "en": format!("Find {}", topic.name)},
        "effect": "read",
        "examples": [],
        "slots": {"type": "object", "properties": properties},
        "run": {"sql": sql},
        "reply": {"zh": "{{ name }}", "en": "{{ name }}"},
    }))?;
    Ok(Skill::compile(manifest, 1, "eval_crosswoz")?)
}

/// The values of the skill's slots for these conditions, as text.
fn slots(topics: &Topics, topic: usize, said: &[&Said], name: Option<&str>) -> BTreeMap<String, String> {
    let mut slots = BTreeMap::new();
    if let Some(name) = name {
        slots.insert("name".to_owned(), name.to_owned());
    }
    for said in said {
        let Some(c) = topics.topics[topic].columns.iter().position(|column| column.name == said.column) else {
            continue;
        };
        let kind = &topics.topics[topic].columns[c].kind;
        let is_number = matches!(kind, Kind::Amount { dimension: Dimension::Money | Dimension::Score, .. });
        match &said.wanted {
            Wanted::Between(low, high) if is_number => {
                let is_mark = matches!(kind, Kind::Amount { dimension: Dimension::Score, .. });
                low.map(|low| slots.insert(format!("low{c}"), low.to_string()));
                // A mark that is named alone is the least that will do.
                high.filter(|_| !is_mark || low.is_none())
                    .map(|high| slots.insert(format!("high{c}"), high.to_string()));
            }
            Wanted::Nothing => {
                slots.insert(format!("high{c}"), "0".into());
            }
            Wanted::Something => {
                slots.insert(format!("low{c}"), "0.01".into());
            }
            Wanted::Between(..) | Wanted::Is(_) => {
                slots.insert(format!("is{c}"), acts::value(topics, said));
            }
            Wanted::Has(_) => {
                let members = slots.entry(format!("has{c}")).or_default();
                if !members.is_empty() {
                    members.push('|');
                }
                members.push_str(&acts::value(topics, said));
            }
            Wanted::Thing(thing) => {
                slots.insert(format!("near{c}"), thing.label.clone());
            }
        }
    }
    slots
}
