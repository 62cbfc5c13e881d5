//! The five domains as topics: what things and columns are called. The only place with words of this data set.

use std::collections::BTreeSet;

use inquiry::{Dimension, Kind, Place, Topic, Topics};

use super::data::Data;

#[rustfmt::skip]
const FACILITIES: &[(&str, &[&str])] = &[
    ("公共区域和部分房间提供wifi", &[]), ("公共区域提供wifi", &[]), ("部分房间提供wifi", &[]), ("所有房间提供wifi", &["房间都有wifi"]), ("酒店各处提供wifi", &["各处提供wifi"]),
    ("早餐服务免费", &["免费早餐", "早餐免费"]), ("早餐服务", &["早餐", "早饭"]), ("接机服务", &["接机"]), ("接站服务", &["接站"]), ("吹风机", &["电吹风"]),
    ("24小时热水", &["热水", "二十四小时热水", "24小时供热水", "24小时供应热水"]), ("行李寄存", &["寄存行李", "存行李", "行李寄放"]), ("叫醒服务", &["叫醒", "叫早"]), ("无烟房", &["禁烟房"]), ("宽带上网", &["宽带"]),
    ("国际长途电话", &["国际长途"]), ("免费国内长途电话", &["国内长途电话", "国内长途"]), ("免费市内电话", &["市内电话"]), ("洗衣服务", &["洗衣"]), ("接待外宾", &["外宾接待"]), ("中式餐厅", &["中餐厅"]),
    ("西式餐厅", &["西餐厅"]), ("会议室", &[]), ("商务中心", &[]), ("残疾人设施", &["无障碍设施"]), ("健身房", &["健身"]), ("暖气", &[]), ("棋牌室", &["棋牌"]), ("酒吧", &[]), ("租车", &["租车服务"]),
    ("收费停车位", &["收费停车场"]), ("免费停车位", &["免费停车场"]), ("停车位", &["停车场"]), ("桑拿", &[]), ("spa", &["水疗"]), ("室内游泳池", &["室内泳池"]), ("室外游泳池", &["室外泳池"]), ("温泉", &[]), ("看护小孩服务", &["看护小孩", "托儿"]), ("电梯", &[]),
];

const PHONE: &[&str] = &["电话号码", "联系电话", "联系方式", "电话号", "电话", "号码"];
const ADDRESS: &[&str] = &["具体地址", "地址", "地点", "位置", "在哪", "在什么地方", "怎么走"];
const RATING: &[&str] = &["评分", "评价", "分数", "口碑"];
const PRICE: &[&str] = &["价格", "价钱", "多少钱", "价位", "费用"];

/// The topics, with the things and tags of the database.
pub(super) fn topics(data: &Data) -> Topics {
    let names = |domain: &str| -> Vec<String> {
        data.database.get(domain).into_iter().flatten().map(|(name, _)| name.clone()).collect()
    };
    let score = || amount(Dimension::Score, &[], &[]);
    let attraction = Topic::new(
        "景点",
        &["景点", "景区", "旅游景点", "游玩景点", "美景", "名胜", "好玩的地方", "玩的地方", "游玩的地方"],
        &["逛逛", "转转", "游玩", "溜达", "玩", "参观"],
        names("景点"),
    )
    .column("地址", ADDRESS, Kind::Text)
    .column("电话", PHONE, Kind::Text)
    .column(
        "门票",
        &with(PRICE, &["门票价格", "门票价钱", "门票费用", "门票费", "门票票价", "票价", "门票", "票钱", "票"]),
        amount(
            Dimension::Money,
            &["免费", "免票", "不收门票", "不收取门票", "不要门票", "没有门票费", "不花钱", "不用门票", "不要钱"],
            &["不免费", "不是免费", "不要免费", "收费", "收门票", "要门票"],
        ),
    )
    .column(
        "游玩时间",
        &[
            "游玩时间",
            "游玩时长",
            "游玩的时长",
            "游玩的时间",
            "玩多久",
            "玩多长时间",
            "游玩多久",
            "游玩多长时间",
            "多长时间",
            "多久",
            "时长",
        ],
        amount(Dimension::Hours, &[], &[]),
    )
    .column("评分", RATING, score())
    .column("周边景点", &[], Kind::Near("景点".into()))
    .column("周边餐馆", &[], Kind::Near("餐馆".into()))
    .column("周边酒店", &[], Kind::Near("酒店".into()));
    let dishes: BTreeSet<String> = data
        .database
        .get("餐馆")
        .into_iter()
        .flatten()
        .filter_map(|(_, columns)| columns.get("推荐菜")?.as_array())
        .flatten()
        .filter_map(|dish| dish.as_str().map(str::to_owned))
        .collect();
    let restaurant = Topic::new(
        "餐馆",
        &["餐馆", "餐厅", "饭店", "饭馆", "馆子", "餐饮店", "吃饭的地方", "用餐的地方", "就餐的地方", "就餐地点"],
        &["吃饭", "用餐", "就餐", "吃", "美食", "午餐", "晚餐", "午饭", "晚饭", "夜宵"],
        names("餐馆"),
    )
    .column("地址", ADDRESS, Kind::Text)
    .column("电话", PHONE, Kind::Text)
    .column(
        "营业时间",
        &[
            "营业时间",
            "几点营业",
            "几点开门",
            "几点关门",
            "开门时间",
            "营业的时间",
            "什么时候营业",
            "什么时间营业",
            "营业",
            "营业到几点",
        ],
        Kind::Text,
    )
    .column(
        "推荐菜",
        &["推荐菜", "特色菜", "招牌菜", "拿手菜", "推荐的菜", "什么菜", "好吃的菜", "菜品", "菜肴"],
        Kind::tags(dishes.into_iter().collect()),
    )
    .column(
        "人均消费",
        &with(PRICE, &["人均消费", "人均价格", "人均", "消费水平", "平均消费", "消费"]),
        amount(Dimension::Money, &[], &[]),
    )
    .column("评分", RATING, score())
    .column("周边景点", &[], Kind::Near("景点".into()))
    .column("周边餐馆", &[], Kind::Near("餐馆".into()))
    .column("周边酒店", &[], Kind::Near("酒店".into()));
    let types = ["经济型", "舒适型", "高档型", "豪华型"]
        .map(|kind| (kind.to_owned(), vec![kind.trim_end_matches('型').to_owned()]));
    let facilities = FACILITIES
        .iter()
        .map(|(name, words)| ((*name).to_owned(), words.iter().map(|word| (*word).to_owned()).collect()));
    let hotel = Topic::new(
        "酒店",
        &["酒店", "宾馆", "旅馆", "旅店", "住的地方", "住宿的地方", "落脚的地方"],
        &["住宿", "入住", "住", "休息"],
        names("酒店"),
    )
    .column("地址", ADDRESS, Kind::Text)
    .column("电话", PHONE, Kind::Text)
    .column(
        "酒店类型",
        &["酒店类型", "什么类型", "哪种类型", "类型", "什么档次", "档次"],
        Kind::Options(types.into_iter().collect()),
    )
    .column("酒店设施", &["酒店设施", "设施"], Kind::Flags(facilities.collect()))
    .column("价格", &with(PRICE, &["最低价格", "酒店价格", "房价", "住一晚"]), amount(Dimension::Money, &[], &[]))
    .column("评分", RATING, score())
    .column("周边景点", &[], Kind::Near("景点".into()))
    .column("周边餐馆", &[], Kind::Near("餐馆".into()))
    .column("周边酒店", &[], Kind::Near("酒店".into()));
    let mut metro = Topic::new("地铁", &["地铁"], &[], Vec::new())
        .column("出发地", &[], Kind::Place(Place::From))
        .column("目的地", &[], Kind::Place(Place::To))
        .column(
            "出发地附近地铁站",
            &["出发地附近", "出发地地铁站", "出发地", "起点", "上车", "哪站上", "哪一站上"],
            Kind::Text,
        )
        .column(
            "目的地附近地铁站",
            &["目的地附近", "目的地地铁站", "目的地", "终点", "下车", "哪站下", "哪一站下"],
            Kind::Text,
        );
    metro.shown = vec!["出发地附近地铁站".into(), "目的地附近地铁站".into()];
    let mut taxi = Topic::new("出租", &["出租车", "出租", "打车", "打的", "叫车", "打辆车"], &[], Vec::new())
        .column("出发地", &[], Kind::Place(Place::From))
        .column("目的地", &[], Kind::Place(Place::To))
        .column("车型", &["车型", "什么车"], Kind::Text)
        .column("车牌", &["车牌号码", "车牌号", "车牌"], Kind::Text);
    taxi.shown = vec!["车型".into(), "车牌".into()];
    Topics::new(vec![attraction, restaurant, hotel, metro, taxi])
}

fn with<'a>(shared: &[&'a str], own: &[&'a str]) -> Vec<&'a str> {
    own.iter().chain(shared).copied().collect()
}

fn amount(dimension: Dimension, none: &[&str], some: &[&str]) -> Kind {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Kind::Amount { dimension, none: owned(none), some: owned(some) }
}
