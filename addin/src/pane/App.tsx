import { FluentProvider, Spinner, Tab, TabList } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { AnalyseTab, announceAnalysis } from "./AnalyseTab";
import { SessionContext, useSession } from "./hooks";
import { ModelTab } from "./ModelTab";
import { NoticeBar } from "./NoticeBar";
import { ResultsTab } from "./ResultsTab";
import { announceRun, RunTab } from "./RunTab";
import type { Session } from "./session";
import { isRunning, type Tab as TabName } from "./state";
import { useTheme } from "./theme";
import "../charts/charts.css";
import "./pane.css";

const PAGES = { model: ModelTab, run: RunTab, results: ResultsTab, analyse: AnalyseTab } as const;

/** The tabs and the open one. */
export function Pane(): ReactNode {
  const { session, state } = useSession();
  const Page = PAGES[state.tab];
  return (
    <div className="mc-pane">
      <TabList className="mc-tabs" selectedValue={state.tab} onTabSelect={(_, { value }) => session.showTab(value as TabName)} aria-label="Montecell">
        <Tab value="model" id="mc-tab-model">Model</Tab>
        <Tab value="run" id="mc-tab-run">Run{isRunning(state.run) && state.tab !== "run" ? " …" : ""}</Tab>
        <Tab value="results" id="mc-tab-results">Results</Tab>
        <Tab value="analyse" id="mc-tab-analyse">Analyse{isRunning(state.analysis.run) && state.tab !== "analyse" ? " …" : ""}</Tab>
      </TabList>
      <p className="mc-hidden" aria-live="polite">{announceRun(state.run)}</p>
      <p className="mc-hidden" aria-live="polite">{announceAnalysis(state.analysis.run)}</p>
      <div className="mc-page" role="tabpanel" tabIndex={-1} aria-labelledby={`mc-tab-${state.tab}`}>
        {state.notice && <NoticeBar notice={state.notice} onClose={() => session.store.set({ notice: null })} />}
        {state.busy && <Spinner size="tiny" label={state.busy} labelPosition="after" className="mc-busy" />}
        <Page />
      </div>
    </div>
  );
}

/** Theme and session for everything inside. */
export function Surroundings({ session, children }: { session: Session; children: ReactNode }): ReactNode {
  const { theme, scheme } = useTheme();
  return (
    <FluentProvider theme={theme} className="mc-root" data-scheme={scheme}>
      <SessionContext value={session}>{children}</SessionContext>
    </FluentProvider>
  );
}

/** The pane as Excel shows it. */
export function App({ session }: { session: Session }): ReactNode {
  return <Surroundings session={session}><Pane /></Surroundings>;
}
