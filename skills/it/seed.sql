-- The helpdesk of a company of 220 people on Monday, 23 November 2026. E1001 to E1006 are the people whom tests talk about.

INSERT INTO it.person (no, name, email, phone) VALUES
    ('E1001', '陈晓雨', 'chen.xiaoyu@example.com', '13800001001'), ('E1002', '王建国', 'wang.jianguo@example.com', '13800001002'),
    ('E1003', 'Emily Carter', 'emily.carter@example.com', '13800001003'), ('E1004', '李雷', 'li.lei@example.com', '13800001004'),
    ('E1005', '韩梅梅', 'han.meimei@example.com', '13800001005'), ('E1006', '赵敏', 'zhao.min@example.com', '13800001006'),
    ('E1007', 'Daniel Okafor', 'daniel.okafor@example.com', '13800001007'), ('E1008', '林婉清', 'lin.wanqing@example.com', '13800001008'),
    ('E1009', '周浩', 'zhou.hao@example.com', '13800001009'), ('E1010', 'Sophie Laurent', 'sophie.laurent@example.com', '13800001010'),
    ('E1011', '孙倩', 'sun.qian@example.com', '13800001011'), ('E1012', 'Marco Rossi', 'marco.rossi@example.com', '13800001012');

INSERT INTO it.person (no, name, email, phone)
SELECT 'E' || (1000 + i),
       CASE WHEN i % 4 = 3
            THEN first_names[1 + i * 7 % 32] || ' ' || last_names[1 + i * 11 % 36]
            ELSE surnames[1 + i * 13 % 40] || given_names[1 + i * 17 % 48] END,
       'e' || (1000 + i) || '@example.com', '138' || (10000000 + i * 4799)
FROM generate_series(13, 220) AS i,
     (SELECT string_to_array('王,李,张,刘,陈,杨,黄,赵,吴,周,徐,孙,马,朱,胡,郭,何,高,林,罗,郑,梁,谢,宋,唐,许,韩,冯,邓,曹,彭,曾,萧,田,董,袁,潘,于,蒋,蔡', ',') AS surnames,
             string_to_array('伟,芳,秀英,娜,敏,静,强,磊,洋,艳,勇,军,杰,娟,涛,明,超,秀兰,霞,平,刚,桂英,欣怡,子涵,浩然,宇轩,梓萱,思远,雨桐,博文,嘉琪,俊杰,晓东,佳怡,志强,海燕,丽华,建华,文静,天宇,诗涵,一鸣,若曦,振宇,慧敏,国栋,春燕,立新', ',') AS given_names,
             string_to_array('James,Olivia,Liam,Emma,Noah,Ava,Lucas,Mia,Ethan,Isla,Hugo,Chloe,Oscar,Zara,Leo,Nina,Adam,Priya,Omar,Ines,Felix,Hana,Ravi,Elena,Jonas,Maya,Theo,Aisha,Pedro,Freya,Kenji,Clara', ',') AS first_names,
             string_to_array('Smith,Nguyen,Patel,Brown,Kim,Garcia,Müller,Novak,Silva,Hughes,Ivanov,Tanaka,Rossi,Dubois,Kowalski,Haddad,Singh,Larsen,Costa,Walsh,Fischer,Mensah,Lopez,Svensson,Moreau,Campbell,Reyes,Park,Bennett,Jansen,Weber,Ali,Foster,Murphy,Chen,Grant', ',') AS last_names) AS names;

INSERT INTO it.system (code, name_zh, name_en, state, note_zh, note_en, since) VALUES
    ('windows', '电脑登录（域账号）', 'Windows login', 'ok', '', '', NULL),
    ('mail', '邮箱', 'E-mail', 'slow', '收发外部邮件延迟约 20 分钟，正在处理', 'External mail is about 20 minutes late; being worked on', '2026-11-23 08:45'),
    ('oa', 'OA 办公系统', 'OA', 'ok', '', '', NULL),
    ('erp', 'ERP', 'ERP', 'ok', '', '', NULL),
    ('crm', 'CRM', 'CRM', 'down', '数据库故障，预计 11 点恢复', 'Database failure, expected back at 11:00', '2026-11-23 09:20'),
    ('vpn', 'VPN', 'VPN', 'ok', '', '', NULL),
    ('gitlab', 'GitLab', 'GitLab', 'maintenance', '今晚 22 点至 24 点升级', 'Upgrade tonight, 22:00 to 24:00', '2026-11-23 09:00'),
    ('wiki', 'Wiki', 'Wiki', 'ok', '', '', NULL);

-- Everybody has Windows, mail and OA; other systems by turns. E1001: mail locked, ERP disabled. E1003: Windows locked.
INSERT INTO it.account (person_no, system, login, level, status, failed_logins)
SELECT p.no, s.code, lower(p.no), CASE WHEN (k + n) % 29 = 0 THEN 'admin' WHEN (k + n) % 3 = 0 THEN 'read' ELSE 'write' END,
       CASE WHEN k <= 12 THEN 'active' WHEN (k * 7 + n) % 23 = 0 THEN 'locked' WHEN (k * 5 + n) % 61 = 0 THEN 'disabled' ELSE 'active' END,
       CASE WHEN k > 12 AND (k * 7 + n) % 23 = 0 THEN 5 ELSE (k + n) % 3 END
FROM it.person AS p
CROSS JOIN LATERAL (SELECT right(p.no, 3)::integer AS k) AS person_number
CROSS JOIN unnest(ARRAY['windows', 'mail', 'oa', 'erp', 'crm', 'vpn', 'gitlab', 'wiki']) WITH ORDINALITY AS s (code, n)
WHERE p.tenant_id = current_setting('app.tenant')::uuid AND k NOT IN (1, 3) AND (n <= 3 OR (k + n) % 2 = 0);

INSERT INTO it.account (person_no, system, login, level, status, failed_logins) VALUES
    ('E1001', 'windows', 'e1001', 'write', 'active', 0), ('E1001', 'mail', 'e1001', 'write', 'locked', 5), ('E1001', 'oa', 'e1001', 'write', 'active', 1),
    ('E1001', 'gitlab', 'e1001', 'write', 'active', 0), ('E1001', 'wiki', 'e1001', 'read', 'active', 0), ('E1001', 'erp', 'e1001', 'read', 'disabled', 0),
    ('E1003', 'windows', 'e1003', 'write', 'locked', 6), ('E1003', 'mail', 'e1003', 'write', 'active', 0), ('E1003', 'oa', 'e1003', 'write', 'active', 0),
    ('E1003', 'crm', 'e1003', 'read', 'active', 2), ('E1003', 'vpn', 'e1003', 'write', 'active', 0);

INSERT INTO it.ticket (id, person_no, summary, category, urgency, status, assignee, created_at, closed_at) VALUES
    (1041, 'E1001', '笔记本风扇声音很大，机身发烫', 'hardware', 'normal', 'in_progress', 'Marco Rossi', '2026-11-18 09:40+08', NULL),
    (1042, 'E1001', '3 楼茶水间附近 Wi-Fi 经常断', 'network', 'low', 'waiting', '吴昊', '2026-11-20 16:12+08', NULL),
    (1043, 'E1001', '装不上新版财务插件', 'software', 'normal', 'closed', 'Marco Rossi', '2026-10-27 11:30+08', '2026-10-29 15:00+08'),
    (1044, 'E1003', 'External monitor flickers when the laptop is docked', 'hardware', 'normal', 'resolved', 'Marco Rossi', '2026-11-17 14:05+08', NULL),
    (1045, 'E1003', 'Outlook search finds nothing older than a week', 'software', 'high', 'open', NULL, '2026-11-20 17:48+08', NULL),
    (1046, 'E1004', 'CRM 里看不到我的客户', 'account', 'high', 'open', NULL, '2026-11-20 10:20+08', NULL);

INSERT INTO it.ticket (id, person_no, summary, category, urgency, status, assignee, created_at, closed_at)
SELECT id, person_no, summaries[k], categories[k], urgency, status, CASE WHEN status <> 'open' THEN assignee END, created_at,
       CASE WHEN status = 'closed' THEN created_at + (1 + i % 5) * interval '9 hours' END
FROM (SELECT i, 1100 + i AS id, 'E' || (1007 + i * 47 % 214) AS person_no, 1 + i * 7 % 24 AS k,
             (ARRAY['normal', 'normal', 'low', 'normal', 'high'])[1 + i % 5] AS urgency,
             CASE WHEN i > 400 THEN (ARRAY['open', 'in_progress', 'waiting', 'open', 'resolved'])[1 + i % 5]
                  WHEN i % 31 = 0 THEN 'resolved' ELSE 'closed' END AS status,
             (ARRAY['Marco Rossi', '吴昊', '刘洋', 'Nina Walsh'])[1 + i % 4] AS assignee,
             TIMESTAMPTZ '2026-06-01 09:00+08' + i * interval '9 hours 23 minutes' AS created_at
      FROM generate_series(1, 440) AS i) AS made,
     (SELECT ARRAY['打印机卡纸', '电脑开机黑屏', 'Outlook keeps asking for my password', '会议室投影没有信号', 'Wi-Fi 连上但不能上网', 'Excel 打开大文件就崩溃',
                   'Laptop battery drains in an hour', '鼠标左键失灵', '共享盘没有权限', 'Cannot print double-sided on floor 4', '视频会议没有声音', '登录 OA 提示账号不存在',
                   'VPN drops every ten minutes', '新电脑要装开发环境', '键盘进水了', 'Teams crashes on screen share', '邮箱容量满了', '显示器有亮线',
                   'Docking station not recognised', '网口没有信号', 'ERP 导出报表乱码', 'The scanner sends empty pages', '手机收不到公司邮件', 'Need the old laptop data copied'] AS summaries,
             string_to_array('printer,hardware,account,hardware,network,software,hardware,hardware,account,printer,software,account,network,software,hardware,software,account,hardware,hardware,network,software,printer,account,other', ',') AS categories) AS texts;

INSERT INTO it.access_request (id, person_no, system, level, status, created_at) VALUES
    (1041, 'E1001', 'crm', 'read', 'pending', '2026-11-19 15:02+08');
INSERT INTO it.access_request (id, person_no, system, level, status, created_at)
SELECT 1100 + i, 'E' || (1013 + i * 31 % 208), (ARRAY['erp', 'crm', 'gitlab', 'wiki', 'oa'])[1 + i % 5], (ARRAY['read', 'write', 'read', 'admin'])[1 + i % 4],
       CASE WHEN i > 100 THEN 'pending' WHEN i % 8 = 3 THEN 'rejected' ELSE 'granted' END, TIMESTAMPTZ '2026-07-01 10:00+08' + i * interval '29 hours'
FROM generate_series(1, 118) AS i;

INSERT INTO it.vpn_grant (id, person_no, starts_on, ends_on) VALUES (1041, 'E1003', '2026-11-02', '2026-12-31');
INSERT INTO it.vpn_grant (id, person_no, starts_on, ends_on)
SELECT 1100 + i, 'E' || (1013 + i * 53 % 208), day, day + 6 + i % 60
FROM (SELECT i, DATE '2026-08-03' + i * 2 AS day FROM generate_series(1, 55) AS i) AS made;

INSERT INTO it.device_stock (device, model, in_stock) VALUES
    ('laptop', 'ThinkPad X1', 6), ('monitor', 'Dell U2724 27"', 14), ('keyboard', 'Logitech K845', 30), ('mouse', 'Logitech M720', 42),
    ('headset', 'Jabra Evolve 40', 9), ('dock', 'Dell WD22', 2), ('webcam', 'Logitech C920', 0);
INSERT INTO it.device_request (id, person_no, device, quantity, status, created_at)
SELECT 1100 + i, 'E' || (1013 + i * 59 % 208), (ARRAY['mouse', 'monitor', 'keyboard', 'headset', 'laptop', 'dock'])[1 + i % 6], 1,
       CASE WHEN i % 11 = 0 THEN 'rejected' ELSE 'handed_out' END, TIMESTAMPTZ '2026-08-10 11:00+08' + i * interval '27 hours'
FROM generate_series(1, 90) AS i;

INSERT INTO it.software_license (product, seats) VALUES ('office', 260), ('adobe', 12), ('jetbrains', 60), ('figma', 25), ('visio', 15), ('docker', 80);
INSERT INTO it.software_request (id, person_no, product, status, created_at)
SELECT 1100 + i, 'E' || (1013 + i * 61 % 208), (ARRAY['jetbrains', 'office', 'figma', 'docker', 'visio'])[1 + i % 5],
       CASE WHEN i > 66 THEN 'pending' ELSE 'installed' END, TIMESTAMPTZ '2026-08-03 10:00+08' + i * interval '38 hours'
FROM generate_series(1, 70) AS i;
INSERT INTO it.software_request (id, person_no, product, status, created_at)
SELECT 1200 + i, 'E' || (1020 + i), 'adobe', 'installed', TIMESTAMPTZ '2026-05-04 10:00+08' + i * interval '40 hours'
FROM generate_series(1, 12) AS i;
