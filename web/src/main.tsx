import "./style.css";
import { render } from "preact";
import { App } from "./app.tsx";
import { showTheme, themeNow } from "./theme.ts";

showTheme(themeNow());
render(<App />, document.getElementById("app")!);
