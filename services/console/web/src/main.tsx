import "antd/dist/reset.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Console } from "./console";

const root = document.getElementById("root");
if (root) createRoot(root).render(<StrictMode children={<Console />} />);
