//! Money: $3.50, 35元, 三块五, 壹万贰仟元整, "13 dollars forty five", USD 22.5 million.

use rust_decimal::Decimal;

use crate::number::{self, Form, Numeral, english, han};
use crate::reader::{Found, Reader};
use crate::text::Text;
use crate::value::Value;

/// A currency word: ISO 4217 or empty where the word leaves it open, and how many of it make one.
type Currency = (&'static str, i64);

#[rustfmt::skip]
const HAN: &[(&str, Currency)] = &[
    ("块钱", ("CNY", 1)), ("块", ("CNY", 1)), ("元人民币", ("CNY", 1)), ("人民币元", ("CNY", 1)), ("人民币", ("CNY", 1)), ("美元", ("USD", 1)), ("美金", ("USD", 1)), ("美刀", ("USD", 1)), ("刀", ("USD", 1)), ("港币", ("HKD", 1)), ("港元", ("HKD", 1)), ("新台币", ("TWD", 1)), ("台币", ("TWD", 1)), ("日元", ("JPY", 1)), ("日币", ("JPY", 1)), ("欧元", ("EUR", 1)),
    ("英镑", ("GBP", 1)), ("镑", ("GBP", 1)), ("韩元", ("KRW", 1)), ("韩币", ("KRW", 1)), ("澳元", ("AUD", 1)), ("加元", ("CAD", 1)), ("加币", ("CAD", 1)), ("新加坡元", ("SGD", 1)), ("新元", ("SGD", 1)), ("瑞士法郎", ("CHF", 1)), ("法郎", ("CHF", 1)), ("泰铢", ("THB", 1)), ("卢布", ("RUB", 1)), ("卢比", ("INR", 1)), ("越南盾", ("VND", 1)), ("元钱", ("CNY", 1)), ("元整", ("CNY", 1)), ("圆整", ("CNY", 1)), ("円", ("JPY", 1)), ("元", ("CNY", 1)), ("圆", ("CNY", 1)),
    ("角钱", ("CNY", 10)), ("角", ("CNY", 10)), ("毛钱", ("CNY", 10)), ("毛", ("CNY", 10)), ("分钱", ("CNY", 100)), ("美分", ("USD", 100)),
    ("美圆", ("USD", 1)), ("美利坚元", ("USD", 1)), ("日圆", ("JPY", 1)), ("日本元", ("JPY", 1)), ("韩圆", ("KRW", 1)), ("韩国元", ("KRW", 1)), ("澳大利亚元", ("AUD", 1)), ("澳币", ("AUD", 1)), ("加拿大元", ("CAD", 1)), ("新西兰元", ("NZD", 1)), ("纽币", ("NZD", 1)), ("纽元", ("NZD", 1)), ("新币", ("SGD", 1)), ("坡币", ("SGD", 1)), ("新台币元", ("TWD", 1)), ("台币元", ("TWD", 1)), ("港纸", ("HKD", 1)), ("港圆", ("HKD", 1)), ("澳门元", ("MOP", 1)), ("澳门币", ("MOP", 1)), ("葡币", ("MOP", 1)), ("印度卢比", ("INR", 1)), ("巴基斯坦卢比", ("PKR", 1)), ("斯里兰卡卢比", ("LKR", 1)), ("尼泊尔卢比", ("NPR", 1)), ("印尼盾", ("IDR", 1)), ("印尼卢比", ("IDR", 1)), ("印度尼西亚卢比", ("IDR", 1)), ("马来西亚林吉特", ("MYR", 1)),
    ("林吉特", ("MYR", 1)), ("令吉", ("MYR", 1)), ("马币", ("MYR", 1)), ("菲律宾比索", ("PHP", 1)), ("越盾", ("VND", 1)), ("泰国铢", ("THB", 1)), ("铢", ("THB", 1)), ("缅甸元", ("MMK", 1)), ("柬埔寨瑞尔", ("KHR", 1)), ("瑞典克朗", ("SEK", 1)), ("挪威克朗", ("NOK", 1)), ("丹麦克朗", ("DKK", 1)), ("冰岛克朗", ("ISK", 1)), ("捷克克朗", ("CZK", 1)), ("克朗", ("", 1)), ("波兰兹罗提", ("PLN", 1)), ("兹罗提", ("PLN", 1)), ("匈牙利福林", ("HUF", 1)), ("福林", ("HUF", 1)), ("罗马尼亚列伊", ("RON", 1)), ("保加利亚列弗", ("BGN", 1)), ("俄罗斯卢布", ("RUB", 1)), ("俄国卢布", ("RUB", 1)), ("乌克兰格里夫纳", ("UAH", 1)), ("土耳其里拉", ("TRY", 1)), ("里拉", ("", 1)), ("墨西哥比索", ("MXN", 1)), ("阿根廷比索", ("ARS", 1)),
    ("智利比索", ("CLP", 1)), ("哥伦比亚比索", ("COP", 1)), ("古巴比索", ("CUP", 1)), ("比索", ("", 1)), ("巴西雷亚尔", ("BRL", 1)), ("雷亚尔", ("BRL", 1)), ("巴西里亚尔", ("BRL", 1)), ("秘鲁索尔", ("PEN", 1)), ("南非兰特", ("ZAR", 1)), ("兰特", ("ZAR", 1)), ("埃及镑", ("EGP", 1)), ("尼日利亚奈拉", ("NGN", 1)), ("肯尼亚先令", ("KES", 1)), ("阿联酋迪拉姆", ("AED", 1)), ("迪拉姆", ("AED", 1)), ("沙特里亚尔", ("SAR", 1)), ("卡塔尔里亚尔", ("QAR", 1)), ("伊朗里亚尔", ("IRR", 1)), ("里亚尔", ("", 1)), ("科威特第纳尔", ("KWD", 1)), ("伊拉克第纳尔", ("IQD", 1)), ("第纳尔", ("", 1)), ("以色列谢克尔", ("ILS", 1)), ("谢克尔", ("ILS", 1)), ("以色列新谢克尔", ("ILS", 1)), ("瑞郎", ("CHF", 1)), ("法国法郎", ("", 1)), ("德国马克", ("", 1)),
    ("马克", ("", 1)), ("意大利里拉", ("", 1)), ("荷兰盾", ("", 1)), ("比特币", ("", 1)), ("蒙古图格里克", ("MNT", 1)), ("哈萨克斯坦坚戈", ("KZT", 1)), ("坚戈", ("KZT", 1)), ("朝鲜元", ("KPW", 1)), ("朝鲜圆", ("KPW", 1)), ("人民币圆", ("CNY", 1)), ("圆人民币", ("CNY", 1)), ("块人民币", ("CNY", 1)), ("块大洋", ("CNY", 1)), ("刀乐", ("USD", 1)), ("毛人民币", ("CNY", 10)), ("角人民币", ("CNY", 10)), ("分人民币", ("CNY", 100)), ("欧分", ("EUR", 100)), ("便士", ("GBP", 100)), ("新便士", ("GBP", 100)), ("戈比", ("RUB", 100)), ("港仙", ("HKD", 100)),
];

#[rustfmt::skip]
const WORDS: &[(&str, Currency)] = &[
    ("united states dollars", ("USD", 1)), ("united states dollar", ("USD", 1)), ("us dollars", ("USD", 1)), ("us dollar", ("USD", 1)), ("u . s . dollars", ("USD", 1)), ("u . s . dollar", ("USD", 1)), ("american dollars", ("USD", 1)), ("american dollar", ("USD", 1)), ("us$", ("USD", 1)), ("usd", ("USD", 1)), ("canadian dollars", ("CAD", 1)), ("canadian dollar", ("CAD", 1)), ("cad", ("CAD", 1)),
    ("australian dollars", ("AUD", 1)), ("australian dollar", ("AUD", 1)), ("aud", ("AUD", 1)), ("hong kong dollars", ("HKD", 1)), ("hong kong dollar", ("HKD", 1)), ("hkd", ("HKD", 1)), ("singapore dollars", ("SGD", 1)), ("singapore dollar", ("SGD", 1)), ("sgd", ("SGD", 1)), ("new zealand dollars", ("NZD", 1)), ("new zealand dollar", ("NZD", 1)), ("nzd", ("NZD", 1)), ("new taiwan dollars", ("TWD", 1)), ("taiwan dollars", ("TWD", 1)),
    ("dollars", ("", 1)), ("dollar", ("", 1)), ("bucks", ("", 1)), ("buck", ("", 1)), ("cents", ("", 100)), ("cent", ("", 100)), ("pence", ("GBP", 100)), ("pennies", ("", 100)), ("british pounds", ("GBP", 1)), ("british pound", ("GBP", 1)), ("pounds sterling", ("GBP", 1)), ("pound sterling", ("GBP", 1)), ("sterling", ("GBP", 1)), ("gbp", ("GBP", 1)), ("quid", ("GBP", 1)), ("pounds", ("", 1)), ("pound", ("", 1)), ("euros", ("EUR", 1)), ("euro", ("EUR", 1)), ("eur", ("EUR", 1)),
    ("japanese yen", ("JPY", 1)), ("yen", ("JPY", 1)), ("jpy", ("JPY", 1)), ("chinese yuan", ("CNY", 1)), ("yuan", ("CNY", 1)), ("rmb", ("CNY", 1)), ("renminbi", ("CNY", 1)), ("cny", ("CNY", 1)), ("kuai", ("CNY", 1)), ("mao", ("CNY", 10)), ("jiao", ("CNY", 10)), ("indian rupees", ("INR", 1)), ("indian rupee", ("INR", 1)), ("inr", ("INR", 1)), ("rupees", ("", 1)), ("rupee", ("", 1)), ("korean won", ("KRW", 1)), ("krw", ("KRW", 1)),
    ("swiss francs", ("CHF", 1)), ("swiss franc", ("CHF", 1)), ("chf", ("CHF", 1)), ("french francs", ("", 1)), ("french franc", ("", 1)), ("francs", ("", 1)), ("franc", ("", 1)), ("turkish lira", ("TRY", 1)), ("turkish liras", ("TRY", 1)), ("mexican pesos", ("MXN", 1)), ("mexican peso", ("MXN", 1)), ("mxn", ("MXN", 1)), ("pesos", ("", 1)), ("peso", ("", 1)), ("russian rubles", ("RUB", 1)), ("rubles", ("RUB", 1)), ("ruble", ("RUB", 1)), ("rub", ("RUB", 1)),
    ("brazilian reais", ("BRL", 1)), ("brazilian real", ("BRL", 1)), ("brl", ("BRL", 1)), ("south african rand", ("ZAR", 1)), ("rand", ("ZAR", 1)), ("zar", ("ZAR", 1)), ("swedish kronor", ("SEK", 1)), ("swedish krona", ("SEK", 1)), ("sek", ("SEK", 1)), ("norwegian kroner", ("NOK", 1)), ("norwegian krone", ("NOK", 1)), ("nok", ("NOK", 1)), ("danish kroner", ("DKK", 1)), ("danish krone", ("DKK", 1)), ("dkk", ("DKK", 1)), ("thai baht", ("THB", 1)), ("baht", ("THB", 1)),
    ("dutch guilders", ("", 1)), ("dutch guilder", ("", 1)), ("guilders", ("", 1)), ("netherlands guilders", ("", 1)), ("german marks", ("", 1)), ("deutsche marks", ("", 1)), ("marks", ("", 1)), ("polish zloty", ("PLN", 1)), ("zloty", ("PLN", 1)), ("pln", ("PLN", 1)), ("czech koruna", ("CZK", 1)), ("israeli shekels", ("ILS", 1)), ("israeli shekel", ("ILS", 1)), ("shekels", ("ILS", 1)), ("saudi riyals", ("SAR", 1)), ("saudi riyal", ("SAR", 1)), ("myr", ("MYR", 1)), ("ringgit", ("MYR", 1)), ("vnd", ("VND", 1)), ("dong", ("VND", 1)), ("idr", ("IDR", 1)), ("php", ("PHP", 1)), ("aed", ("AED", 1)), ("kr", ("", 1)), ("bitcoins", ("", 1)), ("bitcoin", ("", 1)), ("btc", ("", 1)),
    ("argentine peso", ("ARS", 1)), ("argentine pesos", ("ARS", 1)), ("argentinian peso", ("ARS", 1)), ("argentinian pesos", ("ARS", 1)), ("argentina peso", ("ARS", 1)), ("argentina pesos", ("ARS", 1)), ("chilean peso", ("CLP", 1)), ("chilean pesos", ("CLP", 1)), ("chile peso", ("CLP", 1)), ("chile pesos", ("CLP", 1)), ("colombian peso", ("COP", 1)), ("colombian pesos", ("COP", 1)), ("colombia peso", ("COP", 1)), ("colombia pesos", ("COP", 1)), ("cuban peso", ("CUP", 1)), ("cuban pesos", ("CUP", 1)), ("dominican peso", ("DOP", 1)), ("dominican pesos", ("DOP", 1)), ("philippine peso", ("PHP", 1)),
    ("philippine pesos", ("PHP", 1)), ("filipino peso", ("PHP", 1)), ("filipino pesos", ("PHP", 1)), ("philippines peso", ("PHP", 1)), ("philippines pesos", ("PHP", 1)), ("uruguayan peso", ("UYU", 1)), ("uruguayan pesos", ("UYU", 1)), ("mexico peso", ("MXN", 1)), ("mexico pesos", ("MXN", 1)), ("pakistani rupee", ("PKR", 1)), ("pakistani rupees", ("PKR", 1)), ("pakistan rupee", ("PKR", 1)), ("pakistan rupees", ("PKR", 1)), ("sri lankan rupee", ("LKR", 1)), ("sri lankan rupees", ("LKR", 1)), ("sri lanka rupee", ("LKR", 1)), ("sri lanka rupees", ("LKR", 1)), ("nepalese rupee", ("NPR", 1)), ("nepalese rupees", ("NPR", 1)),
    ("nepali rupee", ("NPR", 1)), ("nepali rupees", ("NPR", 1)), ("mauritian rupee", ("MUR", 1)), ("mauritian rupees", ("MUR", 1)), ("seychellois rupee", ("SCR", 1)), ("seychellois rupees", ("SCR", 1)), ("seychelles rupee", ("SCR", 1)), ("seychelles rupees", ("SCR", 1)), ("india rupee", ("INR", 1)), ("india rupees", ("INR", 1)), ("indonesian rupiah", ("IDR", 1)), ("indonesian rupiahs", ("IDR", 1)), ("egyptian pound", ("EGP", 1)), ("egyptian pounds", ("EGP", 1)), ("egypt pound", ("EGP", 1)), ("egypt pounds", ("EGP", 1)), ("lebanese pound", ("LBP", 1)), ("lebanese pounds", ("LBP", 1)), ("syrian pound", ("SYP", 1)),
    ("syrian pounds", ("SYP", 1)), ("sudanese pound", ("SDG", 1)), ("sudanese pounds", ("SDG", 1)), ("south sudanese pound", ("SSP", 1)), ("south sudanese pounds", ("SSP", 1)), ("english pound", ("GBP", 1)), ("english pounds", ("GBP", 1)), ("uk pound", ("GBP", 1)), ("uk pounds", ("GBP", 1)), ("gibraltar pound", ("GIP", 1)), ("gibraltar pounds", ("GIP", 1)), ("falkland islands pound", ("FKP", 1)), ("falkland islands pounds", ("FKP", 1)), ("iranian rial", ("IRR", 1)), ("iranian rials", ("IRR", 1)), ("iran rial", ("IRR", 1)), ("iran rials", ("IRR", 1)), ("omani rial", ("OMR", 1)), ("omani rials", ("OMR", 1)),
    ("oman rial", ("OMR", 1)), ("oman rials", ("OMR", 1)), ("yemeni rial", ("YER", 1)), ("yemeni rials", ("YER", 1)), ("qatari riyal", ("QAR", 1)), ("qatari riyals", ("QAR", 1)), ("qatar riyal", ("QAR", 1)), ("qatar riyals", ("QAR", 1)), ("saudi arabian riyal", ("SAR", 1)), ("saudi arabian riyals", ("SAR", 1)), ("kuwaiti dinar", ("KWD", 1)), ("kuwaiti dinars", ("KWD", 1)), ("kuwait dinar", ("KWD", 1)), ("kuwait dinars", ("KWD", 1)), ("bahraini dinar", ("BHD", 1)), ("bahraini dinars", ("BHD", 1)), ("bahrain dinar", ("BHD", 1)), ("bahrain dinars", ("BHD", 1)), ("jordanian dinar", ("JOD", 1)), ("jordanian dinars", ("JOD", 1)),
    ("jordan dinar", ("JOD", 1)), ("jordan dinars", ("JOD", 1)), ("iraqi dinar", ("IQD", 1)), ("iraqi dinars", ("IQD", 1)), ("iraq dinar", ("IQD", 1)), ("iraq dinars", ("IQD", 1)), ("algerian dinar", ("DZD", 1)), ("algerian dinars", ("DZD", 1)), ("tunisian dinar", ("TND", 1)), ("tunisian dinars", ("TND", 1)), ("libyan dinar", ("LYD", 1)), ("libyan dinars", ("LYD", 1)), ("serbian dinar", ("RSD", 1)), ("serbian dinars", ("RSD", 1)), ("moroccan dirham", ("MAD", 1)), ("moroccan dirhams", ("MAD", 1)), ("emirati dirham", ("AED", 1)), ("emirati dirhams", ("AED", 1)), ("uae dirham", ("AED", 1)), ("uae dirhams", ("AED", 1)),
    ("united arab emirates dirham", ("AED", 1)), ("united arab emirates dirhams", ("AED", 1)), ("kenyan shilling", ("KES", 1)), ("kenyan shillings", ("KES", 1)), ("ugandan shilling", ("UGX", 1)), ("ugandan shillings", ("UGX", 1)), ("tanzanian shilling", ("TZS", 1)), ("tanzanian shillings", ("TZS", 1)), ("somali shilling", ("SOS", 1)), ("somali shillings", ("SOS", 1)), ("icelandic krona", ("ISK", 1)), ("icelandic kronur", ("ISK", 1)), ("czech korunas", ("CZK", 1)), ("czech crown", ("CZK", 1)), ("czech crowns", ("CZK", 1)), ("swedish crown", ("SEK", 1)), ("swedish crowns", ("SEK", 1)), ("norwegian crown", ("NOK", 1)),
    ("norwegian crowns", ("NOK", 1)), ("danish crown", ("DKK", 1)), ("danish crowns", ("DKK", 1)), ("swedish krone", ("SEK", 1)), ("swedish kronas", ("SEK", 1)), ("hungarian forint", ("HUF", 1)), ("hungarian forints", ("HUF", 1)), ("romanian leu", ("RON", 1)), ("romanian lei", ("RON", 1)), ("moldovan leu", ("MDL", 1)), ("moldovan lei", ("MDL", 1)), ("bulgarian lev", ("BGN", 1)), ("bulgarian leva", ("BGN", 1)), ("bulgarian levs", ("BGN", 1)), ("croatian kuna", ("HRK", 1)), ("croatian kunas", ("HRK", 1)), ("ukrainian hryvnia", ("UAH", 1)), ("ukrainian hryvnias", ("UAH", 1)), ("belarusian ruble", ("BYN", 1)),
    ("belarusian rubles", ("BYN", 1)), ("belarussian ruble", ("BYN", 1)), ("belarussian rubles", ("BYN", 1)), ("russian rouble", ("RUB", 1)), ("russian roubles", ("RUB", 1)), ("polish zlotys", ("PLN", 1)), ("polish zloties", ("PLN", 1)), ("albanian lek", ("ALL", 1)), ("albanian leks", ("ALL", 1)), ("macedonian denar", ("MKD", 1)), ("macedonian denars", ("MKD", 1)), ("georgian lari", ("GEL", 1)), ("georgian laris", ("GEL", 1)), ("armenian dram", ("AMD", 1)), ("armenian drams", ("AMD", 1)), ("azerbaijani manat", ("AZN", 1)), ("azerbaijani manats", ("AZN", 1)), ("kazakhstani tenge", ("KZT", 1)), ("kazakhstani tenges", ("KZT", 1)),
    ("kazakh tenge", ("KZT", 1)), ("kazakh tenges", ("KZT", 1)), ("uzbekistani som", ("UZS", 1)), ("uzbekistani soms", ("UZS", 1)), ("uzbek som", ("UZS", 1)), ("uzbek soms", ("UZS", 1)), ("mongolian tugrik", ("MNT", 1)), ("mongolian tugriks", ("MNT", 1)), ("turkey lira", ("TRY", 1)), ("turkey liras", ("TRY", 1)), ("north korean won", ("KPW", 1)), ("north korean wons", ("KPW", 1)), ("south korean won", ("KRW", 1)), ("south korean wons", ("KRW", 1)), ("korea won", ("KRW", 1)), ("korea wons", ("KRW", 1)), ("south korea won", ("KRW", 1)), ("south korea wons", ("KRW", 1)), ("vietnamese dong", ("VND", 1)),
    ("vietnamese dongs", ("VND", 1)), ("malaysian ringgit", ("MYR", 1)), ("malaysian ringgits", ("MYR", 1)), ("cambodian riel", ("KHR", 1)), ("cambodian riels", ("KHR", 1)), ("lao kip", ("LAK", 1)), ("lao kips", ("LAK", 1)), ("laotian kip", ("LAK", 1)), ("laotian kips", ("LAK", 1)), ("burmese kyat", ("MMK", 1)), ("burmese kyats", ("MMK", 1)), ("myanmar kyat", ("MMK", 1)), ("myanmar kyats", ("MMK", 1)), ("bangladeshi taka", ("BDT", 1)), ("bangladeshi takas", ("BDT", 1)), ("macanese pataca", ("MOP", 1)), ("macanese patacas", ("MOP", 1)), ("macau pataca", ("MOP", 1)), ("macau patacas", ("MOP", 1)),
    ("afghan afghani", ("AFN", 1)), ("afghan afghanis", ("AFN", 1)), ("thai bahts", ("THB", 1)), ("nigerian naira", ("NGN", 1)), ("nigerian nairas", ("NGN", 1)), ("ghanaian cedi", ("GHS", 1)), ("ghanaian cedis", ("GHS", 1)), ("ghana cedi", ("GHS", 1)), ("ghana cedis", ("GHS", 1)), ("ethiopian birr", ("ETB", 1)), ("ethiopian birrs", ("ETB", 1)), ("zambian kwacha", ("ZMW", 1)), ("zambian kwachas", ("ZMW", 1)), ("south african rands", ("ZAR", 1)), ("south africa rand", ("ZAR", 1)), ("south africa rands", ("ZAR", 1)), ("angolan kwanza", ("AOA", 1)), ("angolan kwanzas", ("AOA", 1)), ("mozambican metical", ("MZN", 1)),
    ("mozambican meticals", ("MZN", 1)), ("botswana pula", ("BWP", 1)), ("botswana pulas", ("BWP", 1)), ("gambian dalasi", ("GMD", 1)), ("gambian dalasis", ("GMD", 1)), ("brazilian reals", ("BRL", 1)), ("brazil reais", ("BRL", 1)), ("brazil reals", ("BRL", 1)), ("peruvian sol", ("PEN", 1)), ("peruvian soles", ("PEN", 1)), ("bolivian boliviano", ("BOB", 1)), ("bolivian bolivianos", ("BOB", 1)), ("venezuelan bolivar", ("VEF", 1)), ("venezuelan bolivars", ("VEF", 1)), ("paraguayan guarani", ("PYG", 1)), ("paraguayan guaranis", ("PYG", 1)), ("paraguay guarani", ("PYG", 1)), ("paraguay guaranis", ("PYG", 1)),
    ("costa rican colon", ("CRC", 1)), ("costa rican colones", ("CRC", 1)), ("guatemalan quetzal", ("GTQ", 1)), ("guatemalan quetzals", ("GTQ", 1)), ("honduran lempira", ("HNL", 1)), ("honduran lempiras", ("HNL", 1)), ("nicaraguan cordoba", ("NIO", 1)), ("nicaraguan cordobas", ("NIO", 1)), ("panamanian balboa", ("PAB", 1)), ("panamanian balboas", ("PAB", 1)), ("haitian gourde", ("HTG", 1)), ("haitian gourdes", ("HTG", 1)), ("jamaican dollar", ("JMD", 1)), ("jamaican dollars", ("JMD", 1)), ("jamaica dollar", ("JMD", 1)), ("jamaica dollars", ("JMD", 1)), ("barbadian dollar", ("BBD", 1)), ("barbadian dollars", ("BBD", 1)),
    ("barbados dollar", ("BBD", 1)), ("barbados dollars", ("BBD", 1)), ("bahamian dollar", ("BSD", 1)), ("bahamian dollars", ("BSD", 1)), ("bermudian dollar", ("BMD", 1)), ("bermudian dollars", ("BMD", 1)), ("bermuda dollar", ("BMD", 1)), ("bermuda dollars", ("BMD", 1)), ("brunei dollar", ("BND", 1)), ("brunei dollars", ("BND", 1)), ("fijian dollar", ("FJD", 1)), ("fijian dollars", ("FJD", 1)), ("fiji dollar", ("FJD", 1)), ("fiji dollars", ("FJD", 1)), ("guyanese dollar", ("GYD", 1)), ("guyanese dollars", ("GYD", 1)), ("guyana dollar", ("GYD", 1)), ("guyana dollars", ("GYD", 1)), ("liberian dollar", ("LRD", 1)),
    ("liberian dollars", ("LRD", 1)), ("namibian dollar", ("NAD", 1)), ("namibian dollars", ("NAD", 1)), ("namibia dollar", ("NAD", 1)), ("namibia dollars", ("NAD", 1)), ("trinidad and tobago dollar", ("TTD", 1)), ("trinidad and tobago dollars", ("TTD", 1)), ("trinidad dollar", ("TTD", 1)), ("trinidad dollars", ("TTD", 1)), ("belize dollar", ("BZD", 1)), ("belize dollars", ("BZD", 1)), ("cayman islands dollar", ("KYD", 1)), ("cayman islands dollars", ("KYD", 1)), ("cayman dollar", ("KYD", 1)), ("cayman dollars", ("KYD", 1)), ("east caribbean dollar", ("XCD", 1)), ("east caribbean dollars", ("XCD", 1)),
    ("surinamese dollar", ("SRD", 1)), ("surinamese dollars", ("SRD", 1)), ("zimbabwean dollar", ("ZWL", 1)), ("zimbabwean dollars", ("ZWL", 1)), ("taiwanese dollar", ("TWD", 1)), ("taiwanese dollars", ("TWD", 1)), ("new taiwan dollar", ("TWD", 1)), ("taiwan dollar", ("TWD", 1)), ("hongkong dollar", ("HKD", 1)), ("hongkong dollars", ("HKD", 1)), ("singaporean dollar", ("SGD", 1)), ("singaporean dollars", ("SGD", 1)), ("solomon islands dollar", ("SBD", 1)), ("solomon islands dollars", ("SBD", 1)), ("canada dollar", ("CAD", 1)), ("canada dollars", ("CAD", 1)), ("australia dollar", ("AUD", 1)), ("australia dollars", ("AUD", 1)),
    ("aussie dollar", ("AUD", 1)), ("aussie dollars", ("AUD", 1)), ("cfa franc", ("XAF", 1)), ("cfa francs", ("XAF", 1)), ("central african cfa franc", ("XAF", 1)), ("central african cfa francs", ("XAF", 1)), ("west african cfa franc", ("XOF", 1)), ("west african cfa francs", ("XOF", 1)), ("cfp franc", ("XPF", 1)), ("cfp francs", ("XPF", 1)), ("rwandan franc", ("RWF", 1)), ("rwandan francs", ("RWF", 1)), ("congolese franc", ("CDF", 1)), ("congolese francs", ("CDF", 1)), ("guinean franc", ("GNF", 1)), ("guinean francs", ("GNF", 1)), ("djiboutian franc", ("DJF", 1)), ("djiboutian francs", ("DJF", 1)),
    ("burundian franc", ("BIF", 1)), ("burundian francs", ("BIF", 1)), ("belgian franc", ("", 1)), ("belgian francs", ("", 1)), ("luxembourg franc", ("", 1)), ("luxembourg francs", ("", 1)), ("italian lira", ("", 1)), ("italian lire", ("", 1)), ("spanish peseta", ("", 1)), ("spanish pesetas", ("", 1)), ("portuguese escudo", ("", 1)), ("portuguese escudos", ("", 1)), ("greek drachma", ("", 1)), ("greek drachmas", ("", 1)), ("german mark", ("", 1)), ("deutsche mark", ("", 1)), ("finnish markka", ("", 1)), ("finnish markkas", ("", 1)), ("austrian schilling", ("", 1)), ("austrian schillings", ("", 1)),
    ("irish pound", ("", 1)), ("irish pounds", ("", 1)), ("netherlands guilder", ("", 1)), ("chinese renminbi", ("CNY", 1)), ("chinese yuans", ("CNY", 1)), ("japanese yens", ("JPY", 1)), ("japan yens", ("JPY", 1)), ("japan yen", ("JPY", 1)), ("swiss franks", ("CHF", 1)), ("swiss frank", ("CHF", 1)), ("rupiah", ("IDR", 1)), ("hryvnia", ("UAH", 1)), ("hryvnias", ("UAH", 1)), ("forint", ("HUF", 1)), ("forints", ("HUF", 1)), ("naira", ("NGN", 1)), ("ringgits", ("MYR", 1)), ("shekel", ("ILS", 1)), ("new israeli shekels", ("ILS", 1)), ("new israeli shekel", ("ILS", 1)), ("zlotys", ("PLN", 1)), ("zloties", ("PLN", 1)),
    ("tenge", ("KZT", 1)), ("dirhams", ("", 1)), ("dirham", ("", 1)), ("dinars", ("", 1)), ("dinar", ("", 1)), ("riyals", ("", 1)), ("riyal", ("", 1)), ("rials", ("", 1)), ("rial", ("", 1)), ("kronor", ("", 1)), ("kroner", ("", 1)), ("krona", ("", 1)), ("krone", ("", 1)), ("lira", ("", 1)), ("liras", ("", 1)), ("roubles", ("RUB", 1)), ("rouble", ("RUB", 1)), ("yuans", ("CNY", 1)), ("afghanis", ("AFN", 1)), ("patacas", ("MOP", 1)), ("pataca", ("MOP", 1)), ("reais", ("BRL", 1)), ("euro dollars", ("", 1)), ("chinese rmb", ("CNY", 1)), ("ren min bi", ("CNY", 1)), ("pounds sterlings", ("GBP", 1)), ("british pound sterling", ("GBP", 1)),
    ("british pounds sterling", ("GBP", 1)), ("british £", ("GBP", 1)), ("uk £", ("GBP", 1)), ("greenbacks", ("", 1)), ("greenback", ("", 1)), ("ethereum", ("", 1)), ("ether", ("", 1)), ("won", ("KRW", 1)), ("colones", ("CRC", 1)), ("colón", ("CRC", 1)), ("colóns", ("CRC", 1)), ("costa rican colón", ("CRC", 1)), ("costa rican colóns", ("CRC", 1)), ("guilder", ("", 1)), ("deutschmarks", ("", 1)), ("deutschmark", ("", 1)), ("drachmas", ("", 1)), ("pesetas", ("", 1)), ("penny", ("", 100)), ("pences", ("", 100)), ("fen", ("CNY", 100)), ("kopeks", ("RUB", 100)), ("kopek", ("RUB", 100)), ("kopecks", ("RUB", 100)),
    ("kopeck", ("RUB", 100)), ("paise", ("", 100)), ("paisa", ("", 100)), ("centavos", ("", 100)), ("centavo", ("", 100)), ("centimes", ("", 100)), ("centime", ("", 100)), ("us cents", ("USD", 100)), ("us cent", ("USD", 100)), ("american cents", ("USD", 100)), ("euro cents", ("EUR", 100)), ("euro cent", ("EUR", 100)), ("eurocents", ("EUR", 100)), ("australian cents", ("AUD", 100)), ("canadian cents", ("CAD", 100)), ("hong kong cents", ("HKD", 100)), ("øre", ("", 100)), ("öre", ("", 100)),
   
   
   
   
];

#[rustfmt::skip]
const SIGNS: &[(&str, Currency)] = &[
    ("united states $", ("USD", 1)), ("u . s . $", ("USD", 1)), ("u . s $", ("USD", 1)), ("us $", ("USD", 1)), ("usd $", ("USD", 1)), ("c $", ("CAD", 1)), ("ca $", ("CAD", 1)), ("can $", ("CAD", 1)), ("hk $", ("HKD", 1)), ("a $", ("AUD", 1)), ("au $", ("AUD", 1)), ("nz $", ("NZD", 1)), ("s $", ("SGD", 1)), ("sg $", ("SGD", 1)), ("nt $", ("TWD", 1)), ("mex $", ("MXN", 1)), ("r $", ("BRL", 1)), ("rmb ¥", ("CNY", 1)), ("cn ¥", ("CNY", 1)),
    ("aud $", ("AUD", 1)), ("cad $", ("CAD", 1)), ("hkd $", ("HKD", 1)), ("sgd $", ("SGD", 1)), ("nzd $", ("NZD", 1)), ("₿", ("", 1)),
    ("$", ("", 1)), ("£", ("", 1)), ("€", ("EUR", 1)), ("¥", ("CNY", 1)), ("￥", ("CNY", 1)), ("₹", ("INR", 1)), ("₩", ("KRW", 1)), ("₽", ("RUB", 1)), ("₡", ("CRC", 1)), ("฿", ("THB", 1)), ("₫", ("VND", 1)), ("₺", ("TRY", 1)), ("₱", ("PHP", 1)), ("₪", ("ILS", 1)), ("₦", ("NGN", 1)), ("zł", ("PLN", 1)),
    ("us dollar $", ("USD", 1)), ("mx $", ("MXN", 1)), ("ar $", ("ARS", 1)), ("tw $", ("TWD", 1)), ("ntd $", ("TWD", 1)), ("brl $", ("BRL", 1)), ("mxn $", ("MXN", 1)), ("jp ¥", ("JPY", 1)), ("jpy ¥", ("JPY", 1)), ("cny ¥", ("CNY", 1)), ("gbp £", ("GBP", 1)), ("eur €", ("EUR", 1)), ("inr ₹", ("INR", 1)), ("tt $", ("TTD", 1)), ("bz $", ("BZD", 1)), ("fj $", ("FJD", 1)), ("rd $", ("DOP", 1)), ("ec $", ("XCD", 1)), ("₴", ("UAH", 1)), ("₸", ("KZT", 1)), ("₮", ("MNT", 1)), ("₭", ("LAK", 1)), ("₲", ("PYG", 1)), ("₵", ("GHS", 1)), ("₼", ("AZN", 1)), ("₾", ("GEL", 1)), ("៛", ("KHR", 1)), ("৳", ("BDT", 1)),
    ("kč", ("CZK", 1)), ("¢", ("", 100)),
];

/// Codes that are also words or names, or rare: read in capitals and next to an amount only. Sorted.
#[rustfmt::skip]
const CODES: &[(&str, &str)] = &[
    ("afn", "AFN"), ("all", "ALL"), ("amd", "AMD"), ("ang", "ANG"), ("aoa", "AOA"), ("ars", "ARS"), ("azn", "AZN"), ("bam", "BAM"), ("bbd", "BBD"),
    ("bdt", "BDT"), ("bgn", "BGN"), ("bhd", "BHD"), ("bif", "BIF"), ("bmd", "BMD"), ("bnd", "BND"), ("bob", "BOB"), ("bsd", "BSD"), ("btn", "BTN"),
    ("bwp", "BWP"), ("byn", "BYN"), ("bzd", "BZD"), ("cdf", "CDF"), ("clp", "CLP"), ("cop", "COP"), ("crc", "CRC"), ("cup", "CUP"), ("cve", "CVE"),
    ("czk", "CZK"), ("djf", "DJF"), ("dzd", "DZD"), ("egp", "EGP"), ("etb", "ETB"), ("fjd", "FJD"), ("gel", "GEL"), ("ghs", "GHS"), ("gmd", "GMD"),
    ("gnf", "GNF"), ("gtq", "GTQ"), ("gyd", "GYD"), ("hnl", "HNL"), ("hrk", "HRK"), ("htg", "HTG"), ("huf", "HUF"), ("ils", "ILS"), ("iqd", "IQD"),
    ("irr", "IRR"), ("isk", "ISK"), ("jmd", "JMD"), ("jod", "JOD"), ("kes", "KES"), ("kgs", "KGS"), ("khr", "KHR"), ("kmf", "KMF"), ("kpw", "KPW"),
    ("kwd", "KWD"), ("kyd", "KYD"), ("kzt", "KZT"), ("lbp", "LBP"), ("lkr", "LKR"), ("lrd", "LRD"), ("lsl", "LSL"), ("lyd", "LYD"), ("mad", "MAD"),
    ("mdl", "MDL"), ("mga", "MGA"), ("mkd", "MKD"), ("mmk", "MMK"), ("mnt", "MNT"), ("mop", "MOP"), ("mru", "MRU"), ("mur", "MUR"), ("mvr", "MVR"),
    ("mwk", "MWK"), ("mzn", "MZN"), ("nad", "NAD"), ("ngn", "NGN"), ("nio", "NIO"), ("npr", "NPR"), ("omr", "OMR"), ("pab", "PAB"), ("pen", "PEN"),
    ("pgk", "PGK"), ("pkr", "PKR"), ("pyg", "PYG"), ("qar", "QAR"), ("ron", "RON"), ("rsd", "RSD"), ("rwf", "RWF"), ("sar", "SAR"), ("sbd", "SBD"),
    ("scr", "SCR"), ("sdg", "SDG"), ("sll", "SLL"), ("sos", "SOS"), ("srd", "SRD"), ("syp", "SYP"), ("szl", "SZL"), ("thb", "THB"), ("tjs", "TJS"),
    ("tmt", "TMT"), ("tnd", "TND"), ("try", "TRY"), ("ttd", "TTD"), ("twd", "TWD"), ("tzs", "TZS"), ("uah", "UAH"), ("ugx", "UGX"), ("uyu", "UYU"),
    ("uzs", "UZS"), ("vef", "VEF"), ("ves", "VES"), ("vuv", "VUV"), ("wst", "WST"), ("xaf", "XAF"), ("xcd", "XCD"), ("xof", "XOF"), ("xpf", "XPF"),
    ("yer", "YER"), ("zmw", "ZMW"), ("zwl", "ZWL"),
];

/// A code of [`CODES`]; those that are English words only after the amount.
fn rare_code(text: &Text, token: usize, before: bool) -> Option<(Currency, usize)> {
    let found = CODES.binary_search_by_key(&text.s(token), |(code, _)| code).ok()?;
    let span = text.tokens.get(token)?;
    let word = matches!(text.s(token), "all" | "bob" | "cop" | "cup" | "gel" | "mad" | "pen" | "ron" | "sos" | "try");
    let capitals = text.raw[span.start..span.end].iter().all(|c| c.is_uppercase());
    (capitals && !(before && word)).then(|| ((CODES[found].1, 1), token + 1))
}

/// A currency word at `token`; 元, 角 and 分 only after a number, which the caller sees to.
fn word(text: &Text, token: usize) -> Option<(Currency, usize)> {
    if text.is_han(token) {
        return text.pick(token, HAN);
    }
    // "a $ 300 million contract" is no Australian money.
    let apart = matches!(text.s(token), "a" | "s" | "r") && text.gap(token + 1) > 0;
    text.pick_words(token, SIGNS)
        .filter(|_| !apart)
        .or_else(|| text.pick_words(token, WORDS))
        .or_else(|| code(text, token))
}

/// An ISO code with a million before it: MUSD.
fn code(text: &Text, token: usize) -> Option<(Currency, usize)> {
    #[rustfmt::skip]
    const MILLIONS: &[(&str, Currency)] = &[("musd", ("USD", -1)), ("maud", ("AUD", -1)), ("meur", ("EUR", -1)), ("mgbp", ("GBP", -1)), ("mcad", ("CAD", -1)), ("mcny", ("CNY", -1)), ("mrmb", ("CNY", -1)), ("msek", ("SEK", -1)), ("mnok", ("NOK", -1)), ("mjpy", ("JPY", -1)), ("mchf", ("CHF", -1))];
    text.pick_words(token, MILLIONS)
}

fn scaled(value: Decimal, scale: i64) -> Option<Decimal> {
    if scale < 0 {
        value.checked_mul(Decimal::ONE_THOUSAND * Decimal::ONE_THOUSAND)
    } else {
        value.checked_div(Decimal::from(scale))
    }
}

fn amount(reader: &Reader<'_>, token: usize) -> Option<Numeral> {
    let text = &reader.text;
    if text.is_digits(token)
        && token > 0
        && text.is_word(token - 1)
        && !text.spaced(token)
        && word(text, token - 1).is_none()
    {
        return None;
    }
    number::at(reader, token).filter(|n| !(n.form == Form::Formula && text.ch(n.end) == '/'))
}

fn magnitude(text: &Text, token: usize) -> Option<(Decimal, usize)> {
    Some(match text.s(token) {
        "million" | "mn" => (Decimal::from(1_000_000), token + 1),
        "billion" => (Decimal::from(1_000_000_000), token + 1),
        "thousand" => (Decimal::ONE_THOUSAND, token + 1),
        "trillion" => (Decimal::from(1_000_000_000_000_i64), token + 1),
        _ => return None,
    })
}

/// An amount of money at `token`.
fn at(reader: &Reader<'_>, token: usize) -> Option<(Decimal, &'static str, usize)> {
    let text = &reader.text;
    if let Some(found) = name_first(reader, token) {
        return Some(found);
    }
    // Sign or code first.
    let negative = text.ch(token) == '-' && text.gap(token + 1) == 0 || matches!(text.s(token), "minus" | "negative");
    let sign_at = token + usize::from(negative);
    if let Some((currency, after)) = word(text, sign_at)
        .or_else(|| rare_code(text, sign_at, true))
        .filter(|(_, a)| !text.is_han(sign_at) && (text.gap(*a) <= 1))
        && (!text.is_word(sign_at)
            || text.s(after - 1) == "$"
            || text.len(sign_at) >= 3 && (english::cardinal(text.s(after)).is_none()))
        && let Some(number) = amount(reader, after)
        && (text.s(sign_at).len() != 4 || currency.1 != 1 || !text.s(sign_at).starts_with("cent"))
        && (text.is_digits(after) || !text.is_word(sign_at))
        && !plural_word(text, sign_at, after)
    {
        let mut value = scaled(number.value, currency.1)?;
        let mut end = number.end;
        let mut iso = currency.0;
        if let Some(((code, 1), stop)) = text
            .pick_words(end, WORDS)
            .filter(|((code, scale), _)| *scale == 1 && (iso.is_empty() || code.is_empty() || *code == iso))
        {
            end = stop;
            iso = if iso.is_empty() { code } else { iso };
        }
        if let Some((cents, stop)) = hundredths(reader, end) {
            value += cents;
            end = stop;
        }
        return Some((if negative { -value } else { value }, iso, end));
    }
    let number = amount(reader, token)?;
    let mut end = number.end;
    let spaced = text.gap(end);
    let rough = text
        .pick(end, &[("来", ()), ("多", ()), ("余", ()), ("几", ())])
        .filter(|_| text.is_han(end - 1) || text.is_digits(end - 1))
        .map_or(end, |((), e)| e);
    let (currency, after) = word(text, end)
        .or_else(|| rare_code(text, end, false))
        .or_else(|| word(text, rough).filter(|_| text.is_han(rough)))
        .filter(|_| spaced <= 1)?;
    if text.is_word(end) && spaced == 0 && text.len(end) < 3 || barred(text, end, after, currency) {
        return None;
    }
    if text.is_word(end) && text.is_digits(after) && text.gap(after) == 0 {
        return None;
    }
    // "1 $ 10 dollars": the sign belongs to what follows.
    if text.s(after - 1) == "$"
        && text.is_digits(after)
        && (text.gap(after) == 0 || text.pick_words(after + 1, WORDS).is_some_and(|((_, scale), _)| scale == 1))
    {
        return None;
    }
    let mut value = scaled(number.value, currency.1)?;
    end = after;
    let mut iso = currency.0;
    if let Some((scale, stop)) = magnitude(text, end).filter(|_| number.form == Form::Literal) {
        value = value.checked_mul(scale)?;
        end = stop;
    }
    if text.is_han(end - 1) {
        if let Some(((code, 1), stop)) =
            text.pick(end, HAN).filter(|(c, _)| c.0 == iso && c.1 == 1 && text.ch(end) == '人')
        {
            iso = code;
            end = stop;
        }
        (value, end) = small_change(reader, value, currency.1, end)?;
        if text.ch(end) == '整' {
            end += 1;
        }
    } else if currency.1 == 1
        && let Some((cents, stop)) = hundredths(reader, end)
    {
        value += cents;
        end = stop;
    }
    Some((value, iso, end))
}

/// 人民币100元, 美元5万: a Chinese name before the amount.
fn name_first(reader: &Reader<'_>, token: usize) -> Option<(Decimal, &'static str, usize)> {
    let text = &reader.text;
    let (negative, token) = text.lit(token, "负").map_or((false, token), |at| (true, at));
    let ((iso, _), after) = text.pick(token, HAN).filter(|((_, scale), end)| *scale == 1 && *end >= token + 2)?;
    // 5美元100人民币 are two amounts.
    if !text.is_han(token) || token > 0 && number::may_begin(text, token - 1) {
        return None;
    }
    let number = amount(reader, after).filter(|n| !matches!(n.form, Form::Vague { .. }))?;
    let mut value = number.value;
    let mut end = number.end;
    if let Some(((code, 1), stop)) = text.pick(end, HAN) {
        if stop > end + 2 || code != "CNY" && code != iso {
            return None;
        }
        (value, end) = small_change(reader, value, 1, stop)?;
        end = text.lit(end, "整").unwrap_or(end);
    }
    Some((if negative { -value } else { value }, iso, end))
}

fn plural_word(text: &Text, token: usize, after: usize) -> bool {
    after == token + 1
        && matches!(
            text.s(token),
            "dollars"
                | "dollar"
                | "pounds"
                | "pound"
                | "bucks"
                | "cents"
                | "cent"
                | "euros"
                | "rupees"
                | "rand"
                | "won"
                | "marks"
                | "yuan"
                | "sterling"
                | "pence"
        )
}

/// 块 counts pieces too, 分 minutes and points, 刀 knives, 角 corners.
fn barred(text: &Text, at: usize, after: usize, currency: Currency) -> bool {
    let next = text.ch(after);
    let piece = text.ch(at) == '块'
        && after == at + 1
        && matches!(
            next,
            '蛋' | '石'
                | '砖'
                | '木'
                | '糖'
                | '肉'
                | '面'
                | '饼'
                | '手'
                | '玻'
                | '巧'
                | '豆'
                | '布'
                | '地'
                | '表'
                | '屏'
                | '电'
        );
    piece
        || currency.1 == 10 && matches!(next, '度' | '色')
        || text.ch(at) == '毛' && matches!(next, '病' | '衣')
        || text.ch(at) == '元' && matches!(next, '旦' | '素' | '宵' | '件')
        || text.ch(at) == '刀' && after == at + 1 && next == '具'
}

/// After a whole amount in English: 50 cents, and forty-five cents, forty five, and fifty, 50.
fn hundredths(reader: &Reader<'_>, token: usize) -> Option<(Decimal, usize)> {
    let text = &reader.text;
    let at = if text.s(token) == "and" { token + 1 } else { token };
    let number = number::at(reader, at).filter(|n| {
        n.form != Form::Formula
            && n.value.fract().is_zero()
            && n.value > Decimal::ZERO
            && n.value < Decimal::ONE_HUNDRED
    })?;
    if matches!(text.ch(token), '-' | '+') {
        return None;
    }
    let next = word(text, number.end);
    if let Some(((_, scale), end)) = next.filter(|((_, scale), _)| *scale >= 10) {
        let value = number.value.checked_div(Decimal::from(scale))?;
        if scale == 10
            && let Some(rest) = number::at(reader, end).filter(|n| n.value < Decimal::TEN && n.value.fract().is_zero())
        {
            return Some((value + rest.value / Decimal::ONE_HUNDRED, rest.end));
        }
        return Some((value, end));
    }
    let closed = number.end >= text.tokens.len()
        || matches!(text.ch(number.end), '.' | ',' | '!' | '?' | '。')
        || matches!(text.s(number.end), "more" | "and");
    let digits_alone = text.is_digits(at) && text.len(at) == 2;
    (closed && next.is_none() && (!text.is_digits(at) || digits_alone))
        .then(|| (number.value / Decimal::ONE_HUNDRED, number.end))
}

/// 三块五, 五元三角二分.
fn small_change(reader: &Reader<'_>, value: Decimal, scale: i64, end: usize) -> Option<(Decimal, usize)> {
    let text = &reader.text;
    let (mut value, mut end, mut scale) = (value, end, scale);
    for _ in 0..2 {
        let at = if text.ch(end) == '零' { end + 1 } else { end };
        let Some(number) = han::whole(text, at)
            .filter(|n| n.value < Decimal::ONE_HUNDRED && n.value.fract().is_zero() && (1..100).contains(&scale))
        else {
            break;
        };
        let unit = match text.ch(number.end) {
            '毛' | '角' => 10,
            '分' if !matches!(text.ch(number.end + 1), '钟' | '之') => 100,
            // 两块五毛五
            _ if matches!(text.ch(end - 1), '毛' | '角')
                && scale == 10
                && number.value < Decimal::TEN
                && text.is_han(at)
                && !text.is_han(number.end) =>
            {
                return Some((value + number.value / Decimal::ONE_HUNDRED, number.end));
            }
            _ if text.ch(end - 1) == '块'
                && number.value < Decimal::TEN
                && text.is_han(at)
                && !matches!(
                    text.ch(number.end),
                    '个' | '点' | '块' | '万' | '千' | '百' | '天' | '十' | '人' | '次' | '月' | '号'
                ) =>
            {
                return Some((value + number.value / Decimal::TEN, number.end));
            }
            _ => break,
        };
        if unit <= scale {
            break;
        }
        value = value.checked_add(number.value.checked_div(Decimal::from(unit))?)?;
        end = text.lit(number.end + 1, "钱").unwrap_or(number.end + 1);
        scale = unit;
    }
    Some((value, end))
}

/// Every amount of money and every currency named alone.
pub(crate) fn read(reader: &Reader<'_>, out: &mut Vec<Found>) {
    let text = &reader.text;
    let mut token = 0;
    while token < text.tokens.len() {
        let currency = matches!(
            text.ch(token),
            '人' | '美'
                | '港'
                | '新'
                | '台'
                | '日'
                | '欧'
                | '英'
                | '韩'
                | '澳'
                | '加'
                | '瑞'
                | '泰'
                | '卢'
                | '越'
                | '法'
        );
        if text.is_han(token) && !currency && !number::may_begin(text, token) {
            token += 1;
            continue;
        }
        if let Some((value, iso, end)) = at(reader, token) {
            let currency = if iso.is_empty() { None } else { Some(iso.to_owned()) };
            let rule = if text.is_han(end - 1) { "zh.money" } else { "en.money" };
            out.push(Found::new(token, end, Value::Money { amount: value.normalize(), currency }, rule));
            token = end.max(token + 1);
            continue;
        }
        if let Some((currency, end)) = named_alone(text, token) {
            out.push(Found::new(token, end, Value::CurrencyName { currency }, "currency_name"));
            token = end;
            continue;
        }
        token =
            number::at(reader, token).filter(|n| n.form == Form::Literal).map_or(token + 1, |n| n.end.max(token + 1));
    }
}

/// A currency without an amount, by words that mean nothing else.
fn named_alone(text: &Text, token: usize) -> Option<(String, usize)> {
    let ((iso, scale), end) = word(text, token)?;
    let clear = if text.is_han(token) {
        end > token + 1 && !matches!(text.s(token), "元" | "块" | "圆" | "角" | "毛" | "分")
    } else {
        text.is_word(token)
            && text.len(token) >= 3
            && !matches!(
                text.s(token),
                "pound"
                    | "pounds"
                    | "rand"
                    | "mao"
                    | "marks"
                    | "php"
                    | "rub"
                    | "dong"
                    | "sterling"
                    | "cent"
                    | "cents"
                    | "buck"
                    | "bucks"
                    | "won"
                    | "ether"
                    | "fen"
                    | "penny"
                    | "pences"
                    | "lira"
                    | "krone"
                    | "krona"
                    | "kroner"
                    | "kronor"
                    | "guilder"
            )
    };
    let glued = token > 0 && text.is_digits(token - 1) && !text.spaced(token);
    (clear && scale == 1 && !glued).then(|| (iso.to_owned(), end))
}
