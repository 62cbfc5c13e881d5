// The whole console: settings, who is logged in, the frame, and which page is shown. Pages are loaded when they are opened.
import { QueryClient, QueryClientProvider, useQuery, useQueryClient } from "@tanstack/react-query";
import { App as Ant, ConfigProvider, Spin, theme } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { Suspense, lazy, useEffect, useMemo, useState } from "react";
import { BrowserRouter, Navigate, Route, Routes } from "react-router";
import { Problem, type Schemas, call, remember, speak } from "./api/client";
import { Frame } from "./frame/frame";
import { type Me, PlaceContext } from "./frame/session";
import { Failed } from "./frame/state";
import { type Language, type Settings, SettingsContext } from "./frame/text";
import { Login } from "./pages/login";

const Accept = lazy(() => import("./pages/accept"));
const Audit = lazy(() => import("./pages/audit"));
const Conversation = lazy(() => import("./pages/conversation"));
const Conversations = lazy(() => import("./pages/conversations"));
const Inbox = lazy(() => import("./pages/inbox"));
const Integration = lazy(() => import("./pages/integration"));
const Knowledge = lazy(() => import("./pages/knowledge"));
const Members = lazy(() => import("./pages/members"));
const Models = lazy(() => import("./pages/models"));
const Overview = lazy(() => import("./pages/overview"));
const Profile = lazy(() => import("./pages/profile"));
const Review = lazy(() => import("./pages/review"));
const Skill = lazy(() => import("./pages/skill"));
const Skills = lazy(() => import("./pages/skills"));

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (times, error) => times < 2 && !(error instanceof Problem && error.status > 0 && error.status < 500),
    },
  },
});

/** Whether whoever uses this browser wants nothing to move. */
const STILL = matchMedia("(prefers-reduced-motion: reduce)").matches;

function kept<T>(name: string, fallback: T, read: (text: string) => T | undefined): T {
  return read(localStorage.getItem(name) ?? "") ?? fallback;
}

export function Console() {
  const [language, setLanguage] = useState<Language>(() =>
    kept("paigong.language", navigator.language.startsWith("zh") ? "zh" : "en", (text) =>
      text === "zh" || text === "en" ? text : undefined,
    ),
  );
  const [dark, setDark] = useState(() =>
    kept("paigong.dark", matchMedia("(prefers-color-scheme: dark)").matches, (text) =>
      text ? text === "yes" : undefined,
    ),
  );
  speak(language);
  useEffect(() => {
    localStorage.setItem("paigong.language", language);
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }, [language]);
  useEffect(() => {
    document.documentElement.style.colorScheme = dark ? "dark" : "light";
  }, [dark]);
  const settings = useMemo<Settings>(
    () => ({
      language,
      dark,
      setLanguage,
      setDark: (value) => {
        localStorage.setItem("paigong.dark", value ? "yes" : "no");
        setDark(value);
      },
    }),
    [language, dark],
  );
  return (
    <SettingsContext.Provider value={settings}>
      <ConfigProvider
        locale={language === "zh" ? zhCN : enUS}
        button={{ autoInsertSpace: false }}
        theme={{
          algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
          // Greys that keep a contrast of 4.5 to 1 on every background of the console.
          token: {
            motion: !STILL,
            colorPrimary: dark ? "#1668dc" : "#1554d1",
            colorError: dark ? "#ff7875" : "#cf1322",
            colorLink: dark ? "#69a7f5" : "#1554d1",
            colorTextSecondary: dark ? "#c0c4cc" : "#4b5563",
            colorTextTertiary: dark ? "#a9aeb8" : "#5b6472",
            colorTextDescription: dark ? "#a9aeb8" : "#5b6472",
            colorTextPlaceholder: dark ? "#8d939e" : "#6b7280",
          },
          components: dark
            ? {
                Button: { dangerColor: "#141414" },
                Menu: { itemSelectedColor: "#9cc5ff" },
                Tabs: { itemSelectedColor: "#9cc5ff", itemActiveColor: "#9cc5ff", itemHoverColor: "#9cc5ff" },
                Radio: { buttonSolidCheckedColor: "#fff" },
                Select: { optionSelectedColor: "#fff" },
              }
            : {},
        }}
      >
        <Ant>
          <QueryClientProvider client={client}>
            <BrowserRouter basename="/admin">
              <Suspense fallback={<Spin fullscreen />}>
                <Routes>
                  <Route path="/accept" element={<Accept />} />
                  <Route path="/*" element={<SignedIn />} />
                </Routes>
              </Suspense>
            </BrowserRouter>
          </QueryClientProvider>
        </Ant>
      </ConfigProvider>
    </SettingsContext.Provider>
  );
}

/** Asks who is logged in; nobody is: the login. */
function SignedIn() {
  const me = useQuery({
    queryKey: ["/admin/v1/me"],
    queryFn: () => call<Me>("/admin/v1/me"),
    refetchOnWindowFocus: true,
  });
  const queries = useQueryClient();
  // A session that ended while a page was open: its next call brings the login, and what was typed stays where it is kept.
  useEffect(
    () =>
      queries.getQueryCache().subscribe((event) => {
        const error = event.query.state.error;
        if (event.type === "updated" && error instanceof Problem && error.code === "not_signed_in") {
          if (event.query.queryKey[0] !== "/admin/v1/me")
            void queries.invalidateQueries({ queryKey: ["/admin/v1/me"] });
        }
      }),
    [queries],
  );
  if (me.error instanceof Problem && me.error.status === 401) return <Login />;
  if (me.error && !me.data) return <Failed error={me.error} retry={() => void me.refetch()} />;
  if (!me.data) return <Spin fullscreen />;
  remember(me.data.csrf_token);
  return <InTenant me={me.data} />;
}

function InTenant({ me }: { me: Me }) {
  const [wanted, setTenant] = useState(() => localStorage.getItem("paigong.tenant"));
  const [wantedApp, setApp] = useState(() => localStorage.getItem("paigong.app"));
  const tenant = me.tenants.find((tenant) => tenant.id === wanted) ?? me.tenants[0];
  const apps = useQuery({
    queryKey: [`/admin/v1/tenants/${tenant?.id}/apps`],
    queryFn: () => call<Schemas["AppList"]>(`/admin/v1/tenants/${tenant?.id}/apps`),
    enabled: tenant !== undefined,
  });
  const app = apps.data?.data.find((app) => app.id === wantedApp) ?? apps.data?.data[0];
  if (!tenant)
    return (
      <Failed
        error={new Error("您还不属于任何租户，请联系管理员 / You are in no tenant yet: ask an owner to invite you")}
      />
    );
  if (apps.error) return <Failed error={apps.error} retry={() => void apps.refetch()} />;
  if (!apps.data) return <Spin fullscreen />;
  if (!app) return <Failed error={new Error("此租户还没有应用 / This tenant has no app yet")} />;
  const keep = (name: string, set: (id: string) => void) => (id: string) => {
    localStorage.setItem(name, id);
    set(id);
  };
  return (
    <PlaceContext.Provider
      value={{
        me,
        tenant,
        app,
        apps: apps.data.data,
        setTenant: keep("paigong.tenant", setTenant),
        setApp: keep("paigong.app", setApp),
      }}
    >
      <Frame>
        <Suspense fallback={<Spin />}>
          <Routes>
            <Route path="/" element={<Navigate to="/skills" replace />} />
            <Route path="/overview" element={<Overview />} />
            <Route path="/skills" element={<Skills />} />
            <Route path="/skills/:skill" element={<Skill />} />
            <Route path="/review" element={<Review />} />
            <Route path="/conversations" element={<Conversations />} />
            <Route path="/conversations/:conversation" element={<Conversation />} />
            <Route path="/knowledge" element={<Knowledge />} />
            <Route path="/inbox" element={<Inbox />} />
            <Route path="/integration" element={<Integration />} />
            <Route path="/models" element={<Models />} />
            <Route path="/members" element={<Members />} />
            <Route path="/audit" element={<Audit />} />
            <Route path="/profile" element={<Profile />} />
            <Route path="*" element={<Navigate to="/skills" replace />} />
          </Routes>
        </Suspense>
      </Frame>
    </PlaceContext.Provider>
  );
}
