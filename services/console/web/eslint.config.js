import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import globals from "globals";
import typescript from "typescript-eslint";

export default typescript.config(
  { ignores: ["dist", "src/api/schema.ts"] },
  js.configs.recommended,
  ...typescript.configs.strict,
  { files: ["src/**"], languageOptions: { globals: globals.browser }, ...hooks.configs["recommended-latest"] },
  { files: ["scripts/**", "browser/**", "*.config.*"], languageOptions: { globals: globals.node } },
);
