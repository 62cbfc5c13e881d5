// What surrounds every page: where one is, where one can go, language and light, who is logged in.
import {
  ApiOutlined,
  AuditOutlined,
  BookOutlined,
  BarChartOutlined,
  CheckSquareOutlined,
  DeploymentUnitOutlined,
  GlobalOutlined,
  InboxOutlined,
  MessageOutlined,
  MoonOutlined,
  SunOutlined,
  TeamOutlined,
  ThunderboltOutlined,
  UserOutlined,
} from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Button, Dropdown, Layout, Menu, Select, Space, Typography, theme } from "antd";
import { type ReactNode, useState } from "react";
import { Link, useLocation, useNavigate } from "react-router";
import { call } from "../api/client";
import { usePlace } from "./session";
import { useSettings, useText } from "./text";

export function Frame({ children }: { children: ReactNode }) {
  const t = useText();
  const { pathname } = useLocation();
  const { may } = usePlace();
  const { token } = theme.useToken();
  const [narrow, setNarrow] = useState(false);
  const item = (key: string, icon: ReactNode, label: string) => ({ key, icon, label: <Link to={key}>{label}</Link> });
  const items = [
    item("/overview", <BarChartOutlined />, t("概览", "Overview")),
    item("/skills", <ThunderboltOutlined />, t("技能", "Skills")),
    item("/knowledge", <BookOutlined />, t("知识", "Knowledge")),
    item("/review", <CheckSquareOutlined />, t("复核", "Review")),
    item("/conversations", <MessageOutlined />, t("对话", "Conversations")),
    item("/inbox", <InboxOutlined />, t("待办", "Inbox")),
    item("/integration", <ApiOutlined />, t("接入", "Integration")),
    item("/models", <DeploymentUnitOutlined />, t("模型", "Models")),
    item("/members", <TeamOutlined />, t("成员", "Members")),
    ...(may("owner") ? [item("/audit", <AuditOutlined />, t("审计", "Audit"))] : []),
  ];
  return (
    <Layout style={{ minHeight: "100vh" }}>
      <Layout.Sider
        theme="light"
        width={176}
        breakpoint="lg"
        collapsedWidth={56}
        onBreakpoint={setNarrow}
        style={{
          borderInlineEnd: `1px solid ${token.colorBorderSecondary}`,
          position: "sticky",
          top: 0,
          height: "100vh",
        }}
      >
        <div style={{ padding: narrow ? "14px 12px" : "14px 20px", height: 56 }}>
          <Link to="/skills" style={{ fontSize: 18, fontWeight: 600, color: token.colorText, whiteSpace: "nowrap" }}>
            <img
              src="/admin/icon.svg"
              alt={narrow ? t("派工", "Paigong") : ""}
              width={24}
              style={{ verticalAlign: "-6px", marginInlineEnd: 10 }}
            />
            {!narrow && t("派工", "Paigong")}
          </Link>
        </div>
        <nav aria-label={t("主菜单", "Main menu")}>
          <Menu
            mode="inline"
            inlineCollapsed={narrow}
            selectedKeys={[`/${pathname.split("/")[1]}`]}
            items={items}
            style={{ border: 0 }}
          />
        </nav>
      </Layout.Sider>
      <Layout>
        <Top />
        <Layout.Content style={{ padding: 24, minWidth: 0 }}>{children}</Layout.Content>
      </Layout>
    </Layout>
  );
}

function Top() {
  const t = useText();
  const go = useNavigate();
  const queries = useQueryClient();
  const { language, setLanguage, dark, setDark } = useSettings();
  const { token } = theme.useToken();
  const { me, tenant, app, apps, setTenant, setApp } = usePlace();
  const leave = async () => {
    await call("/admin/v1/session", { method: "DELETE" }).catch(() => undefined);
    queries.clear();
    go("/skills");
    location.reload();
  };
  return (
    <Layout.Header
      style={{
        background: token.colorBgContainer,
        borderBottom: `1px solid ${token.colorBorderSecondary}`,
        display: "flex",
        height: 56,
        lineHeight: "normal",
        alignItems: "center",
        justifyContent: "space-between",
        padding: "0 24px",
      }}
    >
      <Space>
        {me.tenants.length > 1 ? (
          <Select
            aria-label={t("租户", "Tenant")}
            value={tenant.id}
            onChange={setTenant}
            options={me.tenants.map(({ id, name }) => ({ value: id, label: name }))}
            style={{ width: 160 }}
            popupMatchSelectWidth={false}
          />
        ) : (
          <Typography.Text strong ellipsis style={{ maxWidth: 200 }}>
            {tenant.name}
          </Typography.Text>
        )}
        <Select
          aria-label={t("应用", "App")}
          value={app.id}
          onChange={setApp}
          options={apps.map(({ id, name }) => ({ value: id, label: name }))}
          style={{ width: 180 }}
          popupMatchSelectWidth={false}
        />
      </Space>
      <Space>
        <Button
          type="text"
          icon={<GlobalOutlined />}
          onClick={() => setLanguage(language === "zh" ? "en" : "zh")}
          aria-label={t("Switch to English", "切换到中文")}
        >
          {t("English", "中文")}
        </Button>
        <Button
          type="text"
          icon={dark ? <SunOutlined /> : <MoonOutlined />}
          onClick={() => setDark(!dark)}
          aria-label={dark ? t("浅色", "Light") : t("深色", "Dark")}
        />
        <Dropdown
          trigger={["click"]}
          menu={{
            items: [
              { key: "profile", label: t("个人资料", "Profile"), onClick: () => go("/profile") },
              { key: "leave", label: t("退出登录", "Log out"), onClick: () => void leave() },
            ],
          }}
        >
          <Button type="text" icon={<UserOutlined />}>
            {me.person.name}
          </Button>
        </Dropdown>
      </Space>
    </Layout.Header>
  );
}
