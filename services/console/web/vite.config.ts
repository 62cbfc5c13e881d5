import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// `npm run dev` shows the console beside a server that runs already: PAIGONG=http://127.0.0.1:8600 npm run dev
const server = process.env["PAIGONG"] ?? "http://127.0.0.1:8600";

export default defineConfig({
  base: "/admin/",
  plugins: [react()],
  build: { target: "es2022", modulePreload: { polyfill: false }, chunkSizeWarningLimit: 1500 },
  server: {
    // The Host that the browser sent stays, since the server compares it with Origin.
    proxy: { "/admin/v1": { target: server }, "/v1": { target: server }, "/openapi.json": { target: server } },
  },
});
