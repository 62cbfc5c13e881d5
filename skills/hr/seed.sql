-- A company of 220 people as it stands on Monday, 23 November 2026. E1001 to E1012 are the people whom tests talk about.

INSERT INTO hr.department (code, name_zh, name_en) VALUES
    ('RD', '研发部', 'Engineering'), ('PD', '产品部', 'Product'), ('SALES', '销售部', 'Sales'), ('MKT', '市场部', 'Marketing'),
    ('CS', '客户服务部', 'Customer Support'), ('FIN', '财务部', 'Finance'), ('HR', '人力资源部', 'People'),
    ('OPS', '运营部', 'Operations'), ('IT', '信息技术部', 'IT'), ('LEGAL', '法务部', 'Legal');

INSERT INTO hr.employee (no, name, department, job_title, manager_no, email, hired_on, comp_hours) VALUES
    ('E1001', '陈晓雨', 'RD', '后端工程师', 'E1002', 'chen.xiaoyu@example.com', '2021-03-15', 12),
    ('E1002', '王建国', 'RD', '研发经理', 'E1008', 'wang.jianguo@example.com', '2016-07-01', 24),
    ('E1003', 'Emily Carter', 'PD', 'Product Manager', 'E1007', 'emily.carter@example.com', '2022-09-05', 16),
    ('E1004', '李雷', 'SALES', '销售代表', 'E1009', 'li.lei@example.com', '2020-05-11', 4),
    ('E1005', '韩梅梅', 'HR', '招聘专员', 'E1010', 'han.meimei@example.com', '2019-11-25', 8),
    ('E1006', '赵敏', 'MKT', '品牌策划', 'E1009', 'zhao.min@example.com', '2025-04-08', 0),
    ('E1007', 'Daniel Okafor', 'PD', 'Head of Product', 'E1008', 'daniel.okafor@example.com', '2018-01-22', 0),
    ('E1008', '林婉清', 'OPS', '首席运营官', NULL, 'lin.wanqing@example.com', '2014-06-03', 0),
    ('E1009', '周浩', 'SALES', '销售总监', 'E1008', 'zhou.hao@example.com', '2017-02-13', 0),
    ('E1010', 'Sophie Laurent', 'HR', 'HR Director', 'E1008', 'sophie.laurent@example.com', '2019-08-19', 0),
    ('E1011', '孙倩', 'FIN', '财务主管', 'E1008', 'sun.qian@example.com', '2018-10-08', 6),
    ('E1012', 'Marco Rossi', 'IT', 'Systems Administrator', 'E1008', 'marco.rossi@example.com', '2020-12-01', 20);

INSERT INTO hr.employee (no, name, department, job_title, manager_no, email, hired_on, comp_hours)
SELECT 'E' || (1000 + i),
       CASE WHEN i % 4 = 3
            THEN first_names[1 + i * 7 % 32] || ' ' || last_names[1 + i * 11 % 36]
            ELSE surnames[1 + i * 13 % 40] || given_names[1 + i * 17 % 48] END,
       departments[1 + i % 10],
       (job_titles[1 + i % 10 * 3 + i / 10 % 3]),
       managers[1 + i % 10],
       'e' || (1000 + i) || '@example.com',
       DATE '2014-01-06' + i * 97 % 4500,
       i * 5 % 7 * 4
FROM generate_series(13, 220) AS i,
     (SELECT string_to_array('王,李,张,刘,陈,杨,黄,赵,吴,周,徐,孙,马,朱,胡,郭,何,高,林,罗,郑,梁,谢,宋,唐,许,韩,冯,邓,曹,彭,曾,萧,田,董,袁,潘,于,蒋,蔡', ',') AS surnames,
             string_to_array('伟,芳,秀英,娜,敏,静,强,磊,洋,艳,勇,军,杰,娟,涛,明,超,秀兰,霞,平,刚,桂英,欣怡,子涵,浩然,宇轩,梓萱,思远,雨桐,博文,嘉琪,俊杰,晓东,佳怡,志强,海燕,丽华,建华,文静,天宇,诗涵,一鸣,若曦,振宇,慧敏,国栋,春燕,立新', ',') AS given_names,
             string_to_array('James,Olivia,Liam,Emma,Noah,Ava,Lucas,Mia,Ethan,Isla,Hugo,Chloe,Oscar,Zara,Leo,Nina,Adam,Priya,Omar,Ines,Felix,Hana,Ravi,Elena,Jonas,Maya,Theo,Aisha,Pedro,Freya,Kenji,Clara', ',') AS first_names,
             string_to_array('Smith,Nguyen,Patel,Brown,Kim,Garcia,Müller,Novak,Silva,Hughes,Ivanov,Tanaka,Rossi,Dubois,Kowalski,Haddad,Singh,Larsen,Costa,Walsh,Fischer,Mensah,Lopez,Svensson,Moreau,Campbell,Reyes,Park,Bennett,Jansen,Weber,Ali,Foster,Murphy,Chen,Grant', ',') AS last_names,
             string_to_array('RD,PD,SALES,MKT,CS,FIN,HR,OPS,IT,LEGAL', ',') AS departments,
             string_to_array('E1002,E1007,E1009,E1009,E1008,E1011,E1010,E1008,E1012,E1008', ',') AS managers,
             string_to_array('后端工程师,测试工程师,前端工程师,产品经理,交互设计师,数据分析师,销售代表,大客户经理,销售助理,品牌策划,内容编辑,活动专员,客服专员,客服组长,质检专员,会计,出纳,税务专员,招聘专员,薪酬专员,员工关系专员,运营专员,采购专员,行政专员,系统管理员,网络工程师,桌面支持,法务专员,合规专员,知识产权专员', ',') AS job_titles) AS names;

-- Ten days of annual leave and one more for every two years of service, up to 15; E1001, E1003 and E1006 as tests expect.
INSERT INTO hr.leave_quota (employee_no, kind, days)
SELECT e.no, q.kind, CASE
           WHEN q.kind = 'sick' THEN 12
           WHEN q.kind = 'personal' THEN 10
           WHEN e.no = 'E1001' THEN 15
           WHEN e.no = 'E1003' THEN 12
           WHEN e.no = 'E1006' THEN 5
           ELSE least(15, 10 + (DATE '2026-11-23' - e.hired_on) / 730) END
FROM hr.employee AS e CROSS JOIN (VALUES ('annual'), ('sick'), ('personal')) AS q (kind)
WHERE e.tenant_id = current_setting('app.tenant')::uuid;

-- E1001 has 7 days of annual leave left, E1003 has 8, E1006 none.
INSERT INTO hr.leave_request (id, employee_no, kind, starts_on, ends_on, workdays, status, created_at) VALUES
    (1041, 'E1001', 'annual', '2026-02-24', '2026-02-27', 4, 'approved', '2026-02-02 09:12+08'),
    (1042, 'E1001', 'annual', '2026-07-20', '2026-07-21', 2, 'approved', '2026-07-06 17:40+08'),
    (1043, 'E1001', 'annual', '2026-12-24', '2026-12-25', 2, 'pending', '2026-11-19 11:05+08'),
    (1044, 'E1003', 'annual', '2026-06-15', '2026-06-17', 3, 'approved', '2026-05-28 10:21+08'),
    (1045, 'E1003', 'annual', '2026-12-21', '2026-12-21', 1, 'pending', '2026-11-20 14:55+08'),
    (1046, 'E1006', 'annual', '2026-05-06', '2026-05-08', 3, 'approved', '2026-04-20 16:02+08'),
    (1047, 'E1006', 'annual', '2026-09-17', '2026-09-18', 2, 'approved', '2026-09-01 09:30+08'),
    (1048, 'E1001', 'sick', '2026-11-12', '2026-11-12', 1, 'approved', '2026-11-12 08:10+08'),
    (1049, 'E1004', 'personal', '2026-12-07', '2026-12-08', 2, 'pending', '2026-11-18 15:33+08');

INSERT INTO hr.leave_request (id, employee_no, kind, starts_on, ends_on, workdays, status, created_at)
SELECT 1100 + i, 'E' || (1013 + i * 37 % 208), kinds[1 + i % 12], monday + dow, monday + dow + length - 1, length,
       CASE WHEN monday + dow + length > DATE '2026-11-23' THEN CASE WHEN i % 3 = 0 THEN 'approved' ELSE 'pending' END
            WHEN i % 17 = 0 THEN 'rejected' WHEN i % 13 = 0 THEN 'cancelled' ELSE 'approved' END,
       least(monday + dow - i % 21, DATE '2026-11-20') + TIME '09:00' + i * 7 % 480 * interval '1 minute'
FROM (SELECT i, DATE '2026-01-05' + i * 11 % 50 * 7 AS monday, i % 5 AS dow, 1 + i % least(3, 5 - i % 5) AS length,
             string_to_array('annual,annual,sick,annual,personal,annual,sick,annual,paternity,annual,bereavement,marriage', ',') AS kinds
      FROM generate_series(1, 345) AS i) AS made
WHERE monday <> DATE '2026-10-05';

INSERT INTO hr.leave_request (id, employee_no, kind, starts_on, ends_on, part, workdays, hours, status, created_at)
SELECT 1500 + i, 'E' || (1013 + i * 29 % 208), 'comp', day, day,
       (ARRAY['full', 'morning', 'afternoon'])[1 + i % 3], 1, CASE WHEN i % 3 = 0 THEN 8 ELSE 4 END,
       CASE WHEN day < DATE '2026-11-23' THEN 'approved' ELSE 'pending' END, least(day - 3, DATE '2026-11-20') + TIME '10:30'
FROM (SELECT i, DATE '2026-08-03' + i * 3 % 17 * 7 + i % 5 AS day FROM generate_series(1, 44) AS i) AS made
WHERE day NOT BETWEEN '2026-10-01' AND '2026-10-07';

INSERT INTO hr.overtime (id, employee_no, day, hours, reason, status, created_at)
SELECT 1000 + i, 'E' || (1001 + i * 19 % 220), day, 2 + i % 5,
       (ARRAY['版本上线', '客户现场支持', '月末结账', '数据迁移', 'Release weekend', '促销活动值守'])[1 + i % 6],
       CASE WHEN i % 9 = 0 THEN 'pending' ELSE 'approved' END, day + TIME '20:00'
FROM (SELECT i, DATE '2026-08-01' + i * 5 % 16 * 7 + i % 2 AS day FROM generate_series(1, 80) AS i) AS made;

INSERT INTO hr.expense_limit (category, per_claim) VALUES
    ('travel', 50000), ('meals', 3000), ('transport', 2000), ('office', 5000), ('training', 20000), ('telecom', 500), ('entertainment', 10000);

INSERT INTO hr.expense (id, employee_no, category, amount, spent_on, status, comment, created_at) VALUES
    (2011, 'E1001', 'travel', 3860.00, '2026-10-21', 'paid', NULL, '2026-10-26 10:02+08'),
    (2012, 'E1001', 'meals', 268.50, '2026-11-17', 'submitted', NULL, '2026-11-18 18:20+08'),
    (2013, 'E1001', 'office', 899.00, '2026-09-03', 'rejected', '发票抬头不对', '2026-09-04 09:45+08'),
    (2014, 'E1003', 'transport', 186.00, '2026-11-16', 'submitted', NULL, '2026-11-17 09:08+08'),
    (2015, 'E1003', 'training', 4200.00, '2026-10-12', 'approved', NULL, '2026-10-13 13:36+08'),
    (2016, 'E1004', 'entertainment', 1580.00, '2026-11-13', 'submitted', NULL, '2026-11-16 11:50+08');

INSERT INTO hr.expense (id, employee_no, category, amount, spent_on, status, comment, created_at)
SELECT 2100 + i, 'E' || (1013 + i * 41 % 208), categories[1 + i % 7],
       round(base[1 + i % 7] * (40 + i * 23 % 100) / 100.0 + i * 37 % 100 / 100.0, 2), day,
       CASE WHEN day > DATE '2026-11-12' THEN 'submitted' WHEN i % 19 = 0 THEN 'rejected' WHEN i % 4 = 0 THEN 'approved' ELSE 'paid' END,
       CASE WHEN day <= DATE '2026-11-12' AND i % 19 = 0 THEN '缺少发票' END,
       day + 1 + TIME '09:30' + i * 13 % 500 * interval '1 minute'
FROM (SELECT i, DATE '2026-06-01' + i * 31 % 173 AS day,
             string_to_array('travel,meals,transport,office,training,telecom,entertainment', ',') AS categories,
             ARRAY[2600, 180, 95, 420, 3200, 120, 1100] AS base
      FROM generate_series(1, 260) AS i) AS made;

INSERT INTO hr.trip (id, employee_no, from_city, to_city, starts_on, ends_on, status, created_at)
SELECT 1000 + i, 'E' || (1013 + i * 23 % 208), cities[1 + i % 8], cities[1 + (i + 1 + i % 6) % 8], day, day + i % 4,
       CASE WHEN day < DATE '2026-11-23' THEN 'approved' WHEN i % 2 = 0 THEN 'pending' ELSE 'approved' END, day - 8 + TIME '14:00'
FROM (SELECT i, DATE '2026-09-07' + i * 3 % 14 * 7 + i % 4 AS day,
             string_to_array('北京,上海,深圳,成都,杭州,武汉,Singapore,西安', ',') AS cities
      FROM generate_series(1, 70) AS i) AS made;

INSERT INTO hr.room (code, name_zh, name_en, floor, capacity) VALUES
    ('3A', '泰山', 'Taishan', 3, 4), ('3B', '华山', 'Huashan', 3, 6), ('3C', '衡山', 'Hengshan', 3, 8), ('4A', '黄山', 'Huangshan', 4, 10),
    ('4B', '庐山', 'Lushan', 4, 12), ('5A', '长江', 'Yangtze', 5, 16), ('5B', '黄河', 'Yellow River', 5, 20), ('6A', '珠穆朗玛', 'Everest', 6, 40);

-- Mornings and evenings of three weeks are partly taken; afternoons are free, except Thursday 26 November from 14:00 for more than 12 people.
INSERT INTO hr.room_booking (id, room, lane, employee_no, starts_at, ends_at, attendees)
SELECT made.id, made.room, r.lane, made.employee_no, made.starts_at, made.starts_at + made.length, made.attendees
FROM (SELECT 3100 + d * 16 + n * 2 + h AS id, (ARRAY['3A', '3B', '3C', '4A', '4B', '5A', '5B', '6A'])[1 + n] AS room,
             'E' || (1013 + (d * 31 + n * 7 + h) % 208) AS employee_no,
             DATE '2026-11-23' + d / 5 * 7 + d % 5 + (ARRAY[TIME '09:30', TIME '17:00'])[1 + h] AS starts_at,
             (ARRAY[interval '30 minutes', interval '1 hour'])[1 + (d + n) % 2] AS length, 2 + (d + n) % 3 AS attendees
      FROM generate_series(0, 14) AS d, generate_series(0, 7) AS n, generate_series(0, 1) AS h
      WHERE (d + n + h) % 3 = 0
      UNION ALL
      SELECT * FROM (VALUES
          (3001, '3B', 'E1001', TIMESTAMP '2026-11-24 10:30', interval '1 hour', 5),
          (3002, '4A', 'E1003', TIMESTAMP '2026-11-25 14:00', interval '2 hours', 9),
          (3003, '5A', 'E1009', TIMESTAMP '2026-11-26 14:00', interval '3 hours', 14),
          (3004, '5B', 'E1007', TIMESTAMP '2026-11-26 13:30', interval '3 hours', 18),
          (3005, '6A', 'E1010', TIMESTAMP '2026-11-26 14:00', interval '4 hours', 35)) AS known) AS made
JOIN hr.room AS r ON r.tenant_id = current_setting('app.tenant')::uuid AND r.code = made.room;

INSERT INTO hr.payslip (employee_no, month, gross, insurance, tax, paid_on)
SELECT e.no, m, pay.gross, round(pay.gross * 0.165, 2), round(greatest(pay.gross * 0.835 - 5000, 0) * 0.06, 2), (m + interval '1 month 9 days')::date
FROM hr.employee AS e
CROSS JOIN generate_series(DATE '2026-05-01', DATE '2026-10-01', interval '1 month') AS m
CROSS JOIN LATERAL (
    SELECT 9000 + right(e.no, 3)::integer * 137 % 240 * 100 + CASE WHEN extract(month FROM m) = 9 THEN 800 ELSE 0 END AS gross
) AS pay
WHERE e.tenant_id = current_setting('app.tenant')::uuid;

-- The last two weeks; now and then somebody is late or forgets to clock out.
INSERT INTO hr.attendance (employee_no, day, clock_in, clock_out)
SELECT e.no, day, TIME '08:40' + (k * 13 + n * 7) % 40 * interval '1 minute',
       CASE WHEN (k + n) % 37 <> 0 THEN TIME '18:02' + (k * 17 + n * 11) % 90 * interval '1 minute' END
FROM hr.employee AS e
CROSS JOIN LATERAL (SELECT right(e.no, 3)::integer AS k) AS seed
CROSS JOIN generate_series(0, 9) AS n
CROSS JOIN LATERAL (SELECT DATE '2026-11-09' + n / 5 * 7 + n % 5 AS day) AS days
WHERE e.tenant_id = current_setting('app.tenant')::uuid AND NOT (e.no = 'E1001' AND day = DATE '2026-11-12');

INSERT INTO hr.certificate (id, employee_no, kind, language, copies, status, created_at)
SELECT 1000 + i, 'E' || (1013 + i * 43 % 208), (ARRAY['employment', 'income', 'visa'])[1 + i % 3], (ARRAY['chinese', 'english'])[1 + i % 2], 1 + i % 2,
       CASE WHEN i > 25 THEN 'requested' ELSE 'collected' END, TIMESTAMPTZ '2026-10-12 10:00+08' + i * interval '33 hours'
FROM generate_series(1, 30) AS i;
