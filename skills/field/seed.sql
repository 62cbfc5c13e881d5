-- Demo data of one tenant around Monday 23 November 2026. Everything follows from the row's number, nothing from chance.
-- Rows that the conversation tests lean on: engineers EN-101 to EN-110, work orders WO-3001 to WO-3012.

INSERT INTO field.city (code, zh, en) VALUES
    ('shanghai', '上海', 'Shanghai'), ('beijing', '北京', 'Beijing'), ('guangzhou', '广州', 'Guangzhou'),
    ('shenzhen', '深圳', 'Shenzhen'), ('hangzhou', '杭州', 'Hangzhou'), ('chengdu', '成都', 'Chengdu');

INSERT INTO field.trade (code, zh, en) VALUES
    ('hvac', '空调', 'air conditioning'), ('electrical', '电气', 'electrical'), ('network', '网络', 'network'),
    ('plumbing', '管道', 'plumbing'), ('elevator', '电梯', 'elevator');

INSERT INTO field.part (code, zh, en, stock) VALUES
    ('filter', '滤网', 'filter', 120), ('compressor', '压缩机', 'compressor', 2), ('thermostat', '温控器', 'thermostat', 35),
    ('fan_motor', '风机电机', 'fan motor', 9), ('breaker', '断路器', 'circuit breaker', 60), ('relay', '继电器', 'relay', 84),
    ('switch', '交换机', 'network switch', 7), ('cable', '网线', 'network cable', 300), ('valve', '阀门', 'valve', 42),
    ('door_sensor', '门机传感器', 'door sensor', 12);

-- Two engineers are called 李强; 刘洋 is off on the 24th.
INSERT INTO field.engineer (no, name, phone, city) VALUES
    ('EN-101', '王磊', '13700137101', 'shanghai'), ('EN-102', '李静', '13700137102', 'beijing'), ('EN-103', '陈刚', '13700137103', 'guangzhou'),
    ('EN-104', 'James Miller', '13700137104', 'shanghai'), ('EN-105', '赵敏', '13700137105', 'shanghai'),
    ('EN-106', 'Priya Sharma', '13700137106', 'shenzhen'), ('EN-107', '李强', '13700137107', 'shanghai'), ('EN-108', '李强', '13700137108', 'hangzhou'),
    ('EN-109', '周涛', '13700137109', 'chengdu'), ('EN-110', '刘洋', '13700137110', 'shanghai');

-- EN-111 to EN-164: nine in each city; every fourth name is an English one.
INSERT INTO field.engineer (no, name, phone, city, active)
SELECT 'EN-' || (110 + i),
       CASE WHEN i % 4 = 0 THEN (ARRAY['Adam','Beth','Carlos','Diana','Erik','Fatima','George','Helen','Ivan','Julia','Kevin','Laura','Martin'])[i / 4] || ' '
                                || (ARRAY['Cooper','Novak','Silva','Young','Berg','Rahman','Evans'])[1 + i / 4 % 7]
            ELSE (ARRAY['孙','马','胡','郭','林','何','梁','郑','宋','谢','唐'])[1 + i % 11]
                 || (ARRAY['建军','志远','晓峰','海波','立群','永康','国栋','新宇','德华','天佑','家豪','宏图','少杰'])[1 + i % 13] END,
       '137' || lpad((20000000 + i * 4177)::text, 8, '0'),
       (ARRAY['shanghai', 'beijing', 'guangzhou', 'shenzhen', 'hangzhou', 'chengdu'])[1 + i % 6],
       i % 18 <> 17
FROM generate_series(1, 54) AS i;

INSERT INTO field.engineer_trade (engineer_no, trade) VALUES
    ('EN-101', 'hvac'), ('EN-101', 'electrical'), ('EN-102', 'network'), ('EN-103', 'plumbing'), ('EN-103', 'hvac'), ('EN-104', 'network'),
    ('EN-105', 'hvac'), ('EN-106', 'electrical'), ('EN-106', 'plumbing'), ('EN-107', 'elevator'), ('EN-107', 'electrical'), ('EN-108', 'elevator'),
    ('EN-109', 'network'), ('EN-109', 'electrical'), ('EN-110', 'hvac'), ('EN-110', 'plumbing');

INSERT INTO field.engineer_trade (engineer_no, trade)
SELECT 'EN-' || (110 + i), (ARRAY['hvac', 'electrical', 'network', 'plumbing', 'elevator'])[1 + (i + i / 6 + k * 2) % 5]
FROM generate_series(1, 54) AS i
CROSS JOIN LATERAL generate_series(0, i % 2) AS k;

INSERT INTO field.day_off (engineer_no, day) VALUES ('EN-110', '2026-11-24');
INSERT INTO field.day_off (engineer_no, day)
SELECT 'EN-' || (110 + i), DATE '2026-11-24' + (i * 5) % 14 FROM generate_series(3, 54, 7) AS i;

-- WO-2701 to WO-3000: seven weeks of work, finished but for the last few.
INSERT INTO field.work_order (no, summary, customer, site, city, trade, urgency, status, preferred_on, engineer_no, scheduled_at, confirmed,
                              created_on, created_by, finished_on, minutes, note)
SELECT 'WO-' || n, summary, customer, c.zh || '市' || street || (5 + n % 190) || '号', c.code, t.code,
       (ARRAY['normal', 'low', 'normal', 'high', 'normal', 'normal', 'urgent'])[1 + n % 7],
       status, created_on + 2,
       CASE WHEN status IN ('assigned', 'done') THEN engineer END,
       CASE WHEN status IN ('assigned', 'done') THEN created_on + 2 + make_interval(hours => 8 + n % 9) + CASE WHEN status = 'assigned' THEN INTERVAL '6 days' ELSE INTERVAL '0' END END,
       status = 'done' OR (status = 'assigned' AND n % 2 = 0),
       created_on, 'dispatch',
       CASE WHEN status = 'done' THEN created_on + 2 END,
       CASE WHEN status = 'done' THEN 30 + n % 8 * 15 END,
       CASE WHEN status = 'done' THEN (ARRAY['已修复，客户验收', 'Fixed and tested', '更换配件后正常', 'Part replaced'])[1 + n % 4] END
FROM (
    SELECT n, DATE '2026-11-20' - (3000 - n) / 6 AS created_on,
           CASE WHEN n > 2990 THEN 'open' WHEN n > 2970 THEN 'assigned' WHEN n % 19 = 0 THEN 'cancelled' ELSE 'done' END AS status,
           1 + n % 5 AS kind,
           (ARRAY['shanghai', 'beijing', 'guangzhou', 'shenzhen', 'hangzhou', 'chengdu'])[1 + n % 6] AS city,
           (ARRAY['人民路', '建设路', '科技大道', '长江路', '中山路', '和平街', '文化路'])[1 + n % 7] AS street,
           (ARRAY['星河商贸', '博远信息', 'Harbour Lane Studio', '恒信酒店', '启明学校', '海纳仓储', 'Northfield Robotics', '同创物业', '华诚医院'])[1 + n % 9] AS customer,
           (ARRAY['空调不制冷', '配电箱频繁跳闸', '办公区断网', '水管渗漏', '电梯门关不上',
                  '出风口滴水', '照明线路故障', 'Wi-Fi keeps dropping', '卫生间下水堵塞', 'Lift stops between floors'])[1 + n % 5 + 5 * (n / 5 % 2)] AS summary
    FROM generate_series(2701, 3000) AS n
) AS g
JOIN field.city c ON c.tenant_id = current_setting('app.tenant')::uuid AND c.code = g.city
JOIN field.trade t ON t.tenant_id = current_setting('app.tenant')::uuid AND t.code = (ARRAY['hvac', 'electrical', 'network', 'plumbing', 'elevator'])[g.kind]
JOIN (
    -- Somebody of that city who knows that trade, taking turns.
    SELECT e.no AS engineer, e.city, k.trade, row_number() OVER w - 1 AS turn, count(*) OVER (PARTITION BY e.city, k.trade) AS team
    FROM field.engineer e
    JOIN field.engineer_trade k ON k.tenant_id = e.tenant_id AND k.engineer_no = e.no
    WHERE e.tenant_id = current_setting('app.tenant')::uuid AND e.no > 'EN-110' AND e.active
    WINDOW w AS (PARTITION BY e.city, k.trade ORDER BY e.no)
) AS e ON e.city = c.code AND e.trade = t.code AND e.turn = g.n % e.team;

-- Work orders with a story.
INSERT INTO field.work_order (no, summary, customer, site, city, trade, urgency, status, preferred_on, engineer_no, scheduled_at, confirmed,
                              created_on, created_by, finished_on, minutes, note) VALUES
    ('WO-3001', '三号机房空调不制冷', '云帆科技', '上海市浦东新区张江路88号', 'shanghai', 'hvac', 'urgent', 'open', '2026-11-24', NULL, NULL, false, '2026-11-20', 'dispatch', NULL, NULL, NULL),
    ('WO-3002', '配电箱频繁跳闸', '恒信酒店', '上海市静安区南京西路1266号', 'shanghai', 'electrical', 'high', 'assigned', '2026-11-24', 'EN-101', '2026-11-24 10:00', false, '2026-11-20', 'dispatch', NULL, NULL, NULL),
    ('WO-3003', '办公区断网', '远山文化', '北京市朝阳区建国路93号', 'beijing', 'network', 'normal', 'assigned', '2026-11-25', 'EN-102', '2026-11-25 14:00', true, '2026-11-20', 'dispatch', NULL, NULL, NULL),
    ('WO-3004', '卫生间水管渗漏', '蓝鲸电子', '深圳市南山区科苑路15号', 'shenzhen', 'plumbing', 'normal', 'open', '2026-11-26', NULL, NULL, false, '2026-11-21', 'dispatch', NULL, NULL, NULL),
    ('WO-3005', '电梯门关不上', '同创物业', '上海市徐汇区漕溪北路45号', 'shanghai', 'elevator', 'high', 'done', '2026-11-21', 'EN-107', '2026-11-21 09:00', true, '2026-11-20', 'dispatch', '2026-11-21', 90, '更换门机传感器'),
    ('WO-3006', '冷库温控失灵', '海纳仓储', '广州市天河区体育西路103号', 'guangzhou', 'hvac', 'urgent', 'assigned', '2026-11-23', 'EN-103', '2026-11-23 09:00', true, '2026-11-22', 'dispatch', NULL, NULL, NULL),
    ('WO-3007', 'Wi-Fi keeps dropping on the second floor', 'Harbour Lane Studio', '200 Fuxing Road, Shanghai', 'shanghai', 'network', 'normal', 'assigned', '2026-11-27', 'EN-104', '2026-11-27 09:30', false, '2026-11-22', 'dispatch', NULL, NULL, NULL),
    ('WO-3008', 'Lift stops between floors', 'Northfield Robotics', '杭州市滨江区江南大道588号', 'hangzhou', 'elevator', 'high', 'open', '2026-11-24', NULL, NULL, false, '2026-11-22', 'dispatch', NULL, NULL, NULL),
    ('WO-3009', '照明线路故障', '启明学校', '成都市武侯区人民南路27号', 'chengdu', 'electrical', 'low', 'cancelled', '2026-11-25', NULL, NULL, false, '2026-11-22', 'dispatch', NULL, NULL, NULL),
    ('WO-3010', '会议室插座没电', '云帆科技', '上海市浦东新区张江路88号', 'shanghai', 'electrical', 'normal', 'open', '2026-11-27', NULL, NULL, false, '2026-11-23', 'dispatch', NULL, NULL, NULL),
    ('WO-3011', '中央空调季度保养', '恒信酒店', '上海市静安区南京西路1266号', 'shanghai', 'hvac', 'low', 'assigned', '2026-11-26', 'EN-101', '2026-11-26 15:00', true, '2026-11-23', 'dispatch', NULL, NULL, NULL),
    ('WO-3012', 'Server room cabling', '锦程贸易', '成都市高新区天府大道1700号', 'chengdu', 'network', 'normal', 'open', '2026-11-26', NULL, NULL, false, '2026-11-23', 'dispatch', NULL, NULL, NULL);

INSERT INTO field.part_request (no, part, quantity, work_order_no, requested_on, requested_by)
SELECT 'PR-' || (6000 + i),
       (ARRAY['filter', 'breaker', 'cable', 'valve', 'door_sensor'])[1 + (2700 + i * 3) % 5],
       1 + i % 4, 'WO-' || (2700 + i * 3), DATE '2026-11-20' - (300 - i * 3) / 6 + 1, 'dispatch'
FROM generate_series(1, 88) AS i;
