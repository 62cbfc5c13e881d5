-- Demo data of one tenant around Monday 23 November 2026. Everything follows from the row's number, nothing from chance.
-- Rows that the conversation tests lean on: customers C-1001 to C-1010 and the orders listed under "orders with a story".

INSERT INTO crm.order_status (code, zh, en) VALUES
    ('unpaid', '待付款', 'awaiting payment'), ('paid', '待发货', 'waiting to ship'), ('shipped', '已发货', 'shipped'),
    ('delivered', '已签收', 'delivered'), ('cancelled', '已取消', 'cancelled');

INSERT INTO crm.carrier (code, zh, en) VALUES
    ('sf', '顺丰速运', 'SF Express'), ('jd', '京东物流', 'JD Logistics'), ('zto', '中通快递', 'ZTO Express'), ('dhl', 'DHL', 'DHL');

INSERT INTO crm.product (sku, zh, en, price) VALUES
    ('MON-27', '27 英寸显示器', '27-inch monitor', 1899), ('KBD-87', '机械键盘', 'mechanical keyboard', 459),
    ('DOCK-11', '扩展坞', 'docking station', 699), ('CHR-02', '人体工学椅', 'ergonomic chair', 1580),
    ('CAM-4K', '4K 摄像头', '4K webcam', 529), ('HDS-30', '降噪耳机', 'noise-cancelling headset', 998),
    ('MSE-05', '无线鼠标', 'wireless mouse', 189), ('LPT-14', '14 英寸笔记本电脑', '14-inch laptop', 5699),
    ('PRN-20', '激光打印机', 'laser printer', 1299), ('TNR-20', '黑色墨粉盒', 'black toner cartridge', 259),
    ('DSK-160', '升降桌', 'standing desk', 2390), ('LMP-08', '护眼台灯', 'desk lamp', 219),
    ('SSD-2T', '2TB 移动硬盘', '2 TB portable drive', 899), ('RTR-6', '无线路由器', 'Wi-Fi router', 499),
    ('SPK-3', '会议音箱', 'conference speaker', 1199), ('TAB-11', '11 英寸平板', '11-inch tablet', 2799);

INSERT INTO crm.customer (no, name, company, phone, email, city, address, tier, since) VALUES
    ('C-1001', '张伟', '上海云帆科技有限公司', '13800138001', 'zhangwei@yunfan.example', '上海', '上海市浦东新区张江路88号', 'gold', '2023-03-14'),
    ('C-1002', '李娜', '北京远山文化传媒有限公司', '13800138002', 'lina@yuanshan.example', '北京', '北京市朝阳区建国路93号', 'silver', '2024-01-08'),
    ('C-1003', '王芳', '杭州青禾软件有限公司', '13800138003', 'wangfang@qinghe.example', '杭州', '杭州市西湖区文三路199号', 'gold', '2022-11-21'),
    ('C-1004', 'Emma Clarke', 'Harbour Lane Studio', '+44 20 7946 0104', 'emma@harbourlane.example', 'London', '14 Mill Lane, London', 'gold', '2023-09-02'),
    ('C-1005', 'Liam Turner', 'Northfield Robotics', '+1 415 555 0105', 'liam@northfield.example', 'San Francisco', '500 Howard Street, San Francisco', 'silver', '2024-06-17'),
    ('C-1006', '陈静', '深圳蓝鲸电子有限公司', '13800138006', 'chenjing@lanjing.example', '深圳', '深圳市南山区科苑路15号', 'standard', '2025-02-26'),
    ('C-1007', '刘敏', '成都锦程贸易有限公司', '13800138007', 'liumin@jincheng.example', '成都', '成都市高新区天府大道1700号', 'standard', '2025-05-12'),
    ('C-1008', '孙浩', '武汉江汉商贸有限公司', '13800138008', 'sunhao@jianghan.example', '武汉', '武汉市江汉区解放大道688号', 'standard', '2025-07-30'),
    ('C-1009', 'Olivia Bennett', 'Bennett & Rowe', '+44 161 496 0109', 'olivia@bennettrowe.example', 'Manchester', '9 Deansgate, Manchester', 'standard', '2025-08-19'),
    ('C-1010', '周婷', '南京梧桐设计有限公司', '13800138010', 'zhouting@wutong.example', '南京', '南京市玄武区中山路18号', 'silver', '2024-10-10');

-- C-1011 to C-1330: two Chinese names for each English one.
INSERT INTO crm.customer (no, name, company, phone, email, city, address, tier, since)
SELECT 'C-' || (1010 + i),
       CASE WHEN i % 3 = 0 THEN first || ' ' || last ELSE surname || given END,
       CASE WHEN i % 3 = 0 THEN last || ' ' || (ARRAY['Design', 'Trading', 'Labs', 'Partners', 'Logistics'])[1 + i % 5]
            ELSE city_zh || brand || (ARRAY['科技', '商贸', '信息', '设备', '文化'])[1 + i % 5] || '有限公司' END,
       CASE WHEN i % 3 = 0 THEN '+44 20 7946 ' || lpad((200 + i)::text, 4, '0') ELSE '139' || lpad((10000000 + i * 7919)::text, 8, '0') END,
       'contact' || (1010 + i) || '@customer.example',
       CASE WHEN i % 3 = 0 THEN city_en ELSE city_zh END,
       CASE WHEN i % 3 = 0 THEN (3 + i) || ' ' || street_en || ', ' || city_en ELSE city_zh || '市' || street_zh || (10 + i) || '号' END,
       (ARRAY['standard', 'standard', 'silver', 'standard', 'gold', 'standard', 'silver'])[1 + i % 7],
       DATE '2022-01-05' + (i * 37) % 1700
FROM (
    SELECT i,
           (ARRAY['王','李','张','刘','陈','杨','黄','赵','吴','周','徐','孙','朱','马','胡','郭','林','何','梁','郑'])[1 + i % 20] AS surname,
           (ARRAY['秀英','建国','雪梅','志强','丽华','海燕','晓东','玉兰','俊杰','思远','文博','雨桐','嘉怡','子涵','浩然','欣怡','一鸣','明轩','佳琪','国强','春花','立新','诗雨','宏伟','美玲','振华','小红'])[1 + i % 27] AS given,
           (ARRAY['Oliver','Amelia','Noah','Grace','Ethan','Chloe','Lucas','Sophie','Mason','Hannah','Daniel','Ruby','Henry','Alice','Jack','Maya','Owen','Ella','Samuel','Nora'])[1 + (i / 3) % 20] AS first,
           (ARRAY['Walker','Hughes','Patel','Reed','Foster','Morgan','Price','Brooks','Hayes','Ward','Kelly'])[1 + (i / 3) % 11] AS last,
           (ARRAY['上海','北京','深圳','广州','杭州','成都','南京','武汉','苏州','西安'])[1 + i % 10] AS city_zh,
           (ARRAY['人民路','解放路','中山路','建设路','和平街','文化路','科技大道','长江路'])[1 + i % 8] AS street_zh,
           (ARRAY['星河','博远','恒信','天成','启明','金石','海纳','同创','华诚'])[1 + (i / 5) % 9] AS brand,
           (ARRAY['London','Manchester','Leeds','Bristol','Dublin','Edinburgh'])[1 + i % 6] AS city_en,
           (ARRAY['King Street','Station Road','Church Lane','Park Avenue','Queens Road'])[1 + i % 5] AS street_en
    FROM generate_series(1, 320) AS i
) AS g;

-- SO-19461 to SO-20340, five a day; the last were placed today.
INSERT INTO crm.sales_order (no, customer_no, status, ordered_on, due_on, address, carrier, tracking_no, eta, shipped_on, delivered_on, cancelled_on)
SELECT 'SO-' || n, c.no, status, ordered_on, ordered_on + 7, c.address,
       CASE WHEN status IN ('shipped', 'delivered') THEN carrier END,
       CASE WHEN status IN ('shipped', 'delivered') THEN upper(carrier) || (60000000 + n * 131) END,
       CASE WHEN status IN ('shipped', 'delivered') THEN ordered_on + 5 END,
       CASE WHEN status IN ('shipped', 'delivered') THEN ordered_on + 1 END,
       CASE WHEN status = 'delivered' THEN ordered_on + 4 END,
       CASE WHEN status = 'cancelled' THEN ordered_on + 1 END
FROM (
    SELECT n, DATE '2026-11-23' - (20340 - n) / 5 AS ordered_on,
           'C-' || (1011 + (n * 7) % 320) AS customer_no,
           (ARRAY['sf', 'jd', 'zto', 'dhl'])[1 + n % 4] AS carrier,
           CASE WHEN n > 20335 THEN CASE WHEN n % 3 = 0 THEN 'unpaid' ELSE 'paid' END
                WHEN n > 20325 THEN CASE WHEN n % 4 = 0 THEN 'unpaid' WHEN n % 4 = 1 THEN 'shipped' ELSE 'paid' END
                WHEN n > 20310 THEN CASE WHEN n % 5 = 0 THEN 'paid' ELSE 'shipped' END
                WHEN n % 17 = 0 THEN 'cancelled'
                ELSE 'delivered' END AS status
    FROM generate_series(19461, 20340) AS n
    WHERE n NOT IN (20110, 20131, 20152, 20176, 20288, 20300, 20305, 20311, 20314, 20318, 20320, 20323, 20325, 20331, 20333)
) AS g
JOIN crm.customer c ON c.tenant_id = current_setting('app.tenant')::uuid AND c.no = g.customer_no;

-- Orders with a story. 张伟: one delivered, three not shipped. Four orders of October were never paid, by three customers.
INSERT INTO crm.sales_order (no, customer_no, status, ordered_on, due_on, address, carrier, tracking_no, eta, shipped_on, delivered_on, cancelled_on)
SELECT s.no, s.customer_no, s.status, s.ordered_on::date, s.ordered_on::date + 7, c.address, s.carrier, s.tracking_no, s.eta::date,
       s.shipped_on::date, s.delivered_on::date, s.cancelled_on::date
FROM (VALUES
    ('SO-20110', 'C-1007', 'unpaid', '2026-10-08', NULL, NULL, NULL, NULL, NULL, NULL),
    ('SO-20131', 'C-1007', 'unpaid', '2026-10-12', NULL, NULL, NULL, NULL, NULL, NULL),
    ('SO-20152', 'C-1008', 'unpaid', '2026-10-16', NULL, NULL, NULL, NULL, NULL, NULL),
    ('SO-20176', 'C-1009', 'unpaid', '2026-10-21', NULL, NULL, NULL, NULL, NULL, NULL),
    ('SO-20288', 'C-1002', 'delivered', '2026-11-08', 'jd', 'JD62657728', '2026-11-11', '2026-11-09', '2026-11-11', NULL),
    ('SO-20300', 'C-1003', 'delivered', '2026-11-13', 'zto', 'ZTO62659300', '2026-11-16', '2026-11-14', '2026-11-16', NULL),
    ('SO-20305', 'C-1004', 'delivered', '2026-11-16', 'dhl', 'DHL62659955', '2026-11-20', '2026-11-17', '2026-11-20', NULL),
    ('SO-20311', 'C-1001', 'paid', '2026-11-18', NULL, NULL, NULL, NULL, NULL, NULL),
    ('SO-20314', 'C-1003', 'delivered', '2026-11-18', 'sf', 'SF62661134', '2026-11-21', '2026-11-19', '2026-11-21', NULL),
    ('SO-20318', 'C-1001', 'delivered', '2026-11-18', 'sf', 'SF62661658', '2026-11-21', '2026-11-19', '2026-11-21', NULL),
    ('SO-20320', 'C-1004', 'shipped', '2026-11-19', 'sf', 'SF62661920', '2026-11-24', '2026-11-20', NULL, NULL),
    ('SO-20323', 'C-1006', 'cancelled', '2026-11-19', NULL, NULL, NULL, NULL, NULL, '2026-11-20'),
    ('SO-20325', 'C-1001', 'paid', '2026-11-20', NULL, NULL, NULL, NULL, NULL, NULL),
    ('SO-20331', 'C-1001', 'paid', '2026-11-21', NULL, NULL, NULL, NULL, NULL, NULL),
    ('SO-20333', 'C-1005', 'paid', '2026-11-22', NULL, NULL, NULL, NULL, NULL, NULL)
) AS s (no, customer_no, status, ordered_on, carrier, tracking_no, eta, shipped_on, delivered_on, cancelled_on)
JOIN crm.customer c ON c.tenant_id = current_setting('app.tenant')::uuid AND c.no = s.customer_no;

INSERT INTO crm.order_item (order_no, line, sku, quantity, unit_price)
SELECT s.no, 1, p.sku, s.quantity, p.price
FROM (VALUES
    ('SO-20110', 'PRN-20', 2), ('SO-20131', 'TNR-20', 6), ('SO-20152', 'DSK-160', 1), ('SO-20176', 'LMP-08', 4), ('SO-20288', 'SPK-3', 1),
    ('SO-20300', 'CHR-02', 2), ('SO-20305', 'HDS-30', 1), ('SO-20311', 'KBD-87', 2), ('SO-20314', 'TAB-11', 1), ('SO-20318', 'MON-27', 1),
    ('SO-20320', 'LPT-14', 1), ('SO-20323', 'RTR-6', 1), ('SO-20325', 'DOCK-11', 1), ('SO-20331', 'CHR-02', 1), ('SO-20333', 'CAM-4K', 3)
) AS s (no, sku, quantity)
JOIN crm.product p ON p.tenant_id = current_setting('app.tenant')::uuid AND p.sku = s.sku;

-- One to three lines for every other order.
INSERT INTO crm.order_item (order_no, line, sku, quantity, unit_price)
SELECT o.no, line, p.sku, 1 + (n + line) % 4, p.price
FROM (SELECT no, substr(no, 4)::integer AS n FROM crm.sales_order o
      WHERE o.tenant_id = current_setting('app.tenant')::uuid
        AND NOT EXISTS (SELECT FROM crm.order_item i WHERE i.tenant_id = o.tenant_id AND i.order_no = o.no)) AS o
CROSS JOIN LATERAL generate_series(1, 1 + n % 3) AS line
JOIN (SELECT sku, price, row_number() OVER (ORDER BY sku) - 1 AS place FROM crm.product
      WHERE tenant_id = current_setting('app.tenant')::uuid) AS p ON p.place = (n * 5 + line * 3) % 16;

UPDATE crm.sales_order o
SET total = i.total, paid = CASE WHEN o.status = 'unpaid' OR (o.status = 'cancelled' AND o.no <> 'SO-20323') THEN 0 ELSE i.total END
FROM (SELECT order_no, sum(quantity * unit_price) AS total FROM crm.order_item
      WHERE tenant_id = current_setting('app.tenant')::uuid GROUP BY order_no) AS i
WHERE o.tenant_id = current_setting('app.tenant')::uuid AND i.order_no = o.no;

-- Every fourteenth delivered order came back; the return of SO-20314 is still open.
INSERT INTO crm.return_request (no, order_no, reason, status, requested_on, requested_by)
SELECT 'RT-' || (7000 + row_number() OVER (ORDER BY no)), no,
       (ARRAY['damaged', 'wrong_item', 'not_as_described', 'no_longer_needed', 'other'])[1 + substr(no, 4)::integer % 5],
       CASE WHEN no = 'SO-20314' THEN 'requested' ELSE 'received' END, delivered_on + 1, 'service'
FROM crm.sales_order
WHERE tenant_id = current_setting('app.tenant')::uuid AND status = 'delivered'
  AND (no = 'SO-20314' OR (substr(no, 4)::integer % 14 = 5 AND no < 'SO-20288'));

-- What came back was paid back in full; SO-20300 got a part of its price back, approved and not yet paid.
INSERT INTO crm.refund (no, order_no, amount, status, requested_on, requested_by, paid_on)
SELECT 'RF-' || (5000 + row_number() OVER (ORDER BY r.order_no)), r.order_no, o.paid, 'paid', r.requested_on + 2, 'service', r.requested_on + 5
FROM crm.return_request r
JOIN crm.sales_order o ON o.tenant_id = r.tenant_id AND o.no = r.order_no
WHERE r.tenant_id = current_setting('app.tenant')::uuid AND r.status = 'received';

INSERT INTO crm.refund (no, order_no, amount, status, requested_on, requested_by) VALUES ('RF-5150', 'SO-20300', 300, 'approved', '2026-11-19', 'service');

UPDATE crm.sales_order o
SET refunded = f.amount
FROM (SELECT order_no, sum(amount) AS amount FROM crm.refund
      WHERE tenant_id = current_setting('app.tenant')::uuid GROUP BY order_no) AS f
WHERE o.tenant_id = current_setting('app.tenant')::uuid AND f.order_no = o.no;

INSERT INTO crm.invoice (no, order_no, title, tax_id, amount, status, requested_on, requested_by)
SELECT 'IV-' || (8000 + row_number() OVER (ORDER BY o.no)), o.no, c.company, '91310115MA1K3' || substr(o.no, 4), o.paid, 'issued', o.delivered_on + 2, 'service'
FROM crm.sales_order o
JOIN crm.customer c ON c.tenant_id = o.tenant_id AND c.no = o.customer_no
WHERE o.tenant_id = current_setting('app.tenant')::uuid AND o.status = 'delivered' AND o.refunded = 0
  AND o.no < 'SO-20280' AND substr(o.no, 4)::integer % 6 = 0;
