import { Button, Spinner, Text } from "@fluentui/react-components";
import { useEffect, useRef, type ReactNode } from "react";
import { anchorOf, cellName, sameCell, type CellAddress } from "../excel/addresses";
import { nameOfInput } from "./correlating";
import { CorrelationEditor } from "./CorrelationEditor";
import { groupLabel, type CorrelationGroup } from "./correlationGroups";
import { DistributionEditor } from "./DistributionEditor";
import { FitEditor } from "./FitEditor";
import { useSession } from "./hooks";
import { BellIcon, CheckIcon, FitIcon, TargetIcon } from "./icons";
import { formatNumber } from "./numbers";
import { CellLinks, NoticeBar } from "./NoticeBar";
import { OutputEditor } from "./OutputEditor";
import { cellLabel } from "./session";
import type { ModelDescription } from "../api/messages";

function shown(value: unknown): string {
  if (value === null || value === undefined || value === "") return "empty";
  return typeof value === "number" ? formatNumber(value) : String(value);
}

function SelectionCard(): ReactNode {
  const { session, state } = useSession();
  const { selection } = state;
  const first = useRef<HTMLButtonElement>(null);
  // An editor that closes takes the focus with it; keyboards would start again from the top of the page.
  useEffect(() => {
    if (document.activeElement === document.body && document.hasFocus()) first.current?.focus();
  }, []);
  return (
    <section className="mc-card" aria-label="Selected cell">
      <div className="mc-selected">
        <strong>{selection ? cellName(selection.address.row, selection.address.column) : "No cell"}</strong>
        <span className="mc-ellipsis">{selection ? shown(selection.value) : "Select a cell in the sheet"}</span>
      </div>
      <div className="mc-actions">
        <Button ref={first} appearance="primary" icon={<BellIcon />} onClick={() => void session.defineDistribution()}>Define distribution</Button>
        <Button icon={<TargetIcon />} onClick={() => void session.addOutput()}>Mark as output</Button>
        <Button icon={<FitIcon />} onClick={() => void session.fits.open()}>Fit to data</Button>
      </div>
    </section>
  );
}

interface RowProps {
  readonly name: string;
  readonly address: CellAddress;
  readonly detail: string;
  readonly onEdit: () => void;
}

function Row({ name, address, detail, onEdit }: RowProps): ReactNode {
  const { session, state } = useSession();
  const current = state.selection !== null && sameCell(state.selection.address, address);
  return (
    <li className={current ? "mc-row mc-current" : "mc-row"}>
      <button type="button" className="mc-row-main" onClick={() => void session.select(address)} aria-current={current || undefined}>
        <span className="mc-row-name">{name}</span>
        <span className="mc-row-detail"><span className="mc-cell">{cellLabel(address)}</span> {detail}</span>
      </button>
      <Button size="small" appearance="subtle" onClick={onEdit} aria-label={`Edit ${name}`}>Edit</Button>
    </li>
  );
}

function InputList(): ReactNode {
  const { session, state } = useSession();
  return (
    <section aria-labelledby="mc-inputs">
      <h2 id="mc-inputs" className="mc-heading">Inputs <span className="mc-count">{state.inputs.length}</span></h2>
      {state.inputs.length === 0 && <p className="mc-empty">Select the cell of an uncertain number and define its distribution.</p>}
      <ul className="mc-list">
        {state.inputs.map((input) => {
          const { address, call } = input;
          const text = `${call.law}(${call.parameters.join(", ")})`;
          return (
            <Row key={`${cellLabel(address)}:${call.start}`} name={call.name ?? cellName(address.row, address.column)} address={address}
              detail={text} onEdit={() => void session.defineDistribution(input)} />
          );
        })}
      </ul>
    </section>
  );
}

function GroupRow({ group }: { group: CorrelationGroup }): ReactNode {
  const { session } = useSession();
  const names = group.members.map(nameOfInput).join(", ");
  const first = group.range ? anchorOf(group.range) : group.members[0]?.address;
  return (
    <li className="mc-row">
      <button type="button" className="mc-row-main" onClick={() => { if (first) void session.select(first); }}>
        <span className="mc-row-name">{names}</span>
        <span className="mc-row-detail"><span className="mc-cell">{groupLabel(group)}</span>{group.property === "COPULAT" ? " t copula" : ""}</span>
        {group.problem && <span className="mc-row-detail mc-wrong">{group.problem}</span>}
      </button>
      {!group.problem && <Button size="small" appearance="subtle" onClick={() => void session.correlate(group)} aria-label={`Edit correlations of ${names}`}>Edit</Button>}
    </li>
  );
}

function CorrelationList(): ReactNode {
  const { session, state } = useSession();
  if (state.inputs.length < 2) return null;
  return (
    <section aria-labelledby="mc-groups">
      <h2 id="mc-groups" className="mc-heading">Correlations <span className="mc-count">{state.correlations.length}</span></h2>
      {state.correlations.length === 0 && <p className="mc-empty">Inputs are drawn independently of each other.</p>}
      <ul className="mc-list">{state.correlations.map((group) => <GroupRow key={group.key} group={group} />)}</ul>
      <Button size="small" className="mc-further" onClick={() => void session.correlate()}>Correlate inputs</Button>
    </section>
  );
}

function OutputList(): ReactNode {
  const { session, state } = useSession();
  return (
    <section aria-labelledby="mc-outputs">
      <h2 id="mc-outputs" className="mc-heading">Outputs <span className="mc-count">{state.outputs.length}</span></h2>
      {state.outputs.length === 0 && <p className="mc-empty">Select the cell of a result, for example the profit, and mark it as an output.</p>}
      <ul className="mc-list">
        {state.outputs.map((output) => (
          <Row key={cellLabel(output.address)} name={output.name ?? cellName(output.address.row, output.address.column)} address={output.address}
            detail="" onEdit={() => void session.addOutput(output)} />
        ))}
      </ul>
    </section>
  );
}

function CheckReport({ model }: { model: ModelDescription }): ReactNode {
  const { state } = useSession();
  const { inputs, outputs, unsupported, notes, product } = model;
  const listed = new Set(state.inputs.map((input) => cellLabel(input.address).toLowerCase()));
  const further = inputs.filter((input) => !listed.has(input.cell.toLowerCase()));
  const found = `${inputs.length} ${inputs.length === 1 ? "input" : "inputs"} and ${outputs.length} ${outputs.length === 1 ? "output" : "outputs"}`;
  const ready = inputs.length > 0 && outputs.length > 0 && unsupported.length === 0;
  return (
    <section className="mc-report" aria-label="Check of the model">
      <NoticeBar notice={{ intent: ready ? "success" : "warning", text: `The engine finds ${found} (${product}).` }} />
      {unsupported.map(({ feature, reason, cells }) => (
        <NoticeBar key={feature + cells.join()} title={feature} notice={{ intent: "error", text: reason, cells }} />
      ))}
      {further.length > 0 && (
        <div>
          <Text weight="semibold">Further inputs</Text>
          <ul className="mc-plain">
            {further.slice(0, 30).map((input) => (
              <li key={input.key}>{input.name ?? input.law} <CellLinks cells={[input.cell]} /> <code>{input.formula}</code></li>
            ))}
          </ul>
        </div>
      )}
      {notes.length > 0 && <ul className="mc-plain">{notes.map((note) => <li key={note}>{note}</li>)}</ul>}
    </section>
  );
}

/** What is uncertain in the workbook and what is watched. */
export function ModelTab(): ReactNode {
  const { session, state } = useSession();
  if (state.editor?.kind === "distribution") return <DistributionEditor editor={state.editor} />;
  if (state.editor?.kind === "correlation") return <CorrelationEditor editor={state.editor} />;
  if (state.editor?.kind === "fit") return <FitEditor />;
  if (state.editor?.kind === "output") return <OutputEditor editor={state.editor} />;
  return (
    <>
      <SelectionCard />
      {state.checked && <CheckReport model={state.checked} />}
      {state.scanned ? <><InputList /><OutputList /><CorrelationList /></> : <Spinner size="tiny" label="Reading the sheets…" />}
      <div>
        <Button icon={<CheckIcon />} disabled={state.checking} onClick={() => void session.checkModel()}>
          {state.checking ? "Checking…" : "Check the model"}
        </Button>
      </div>
    </>
  );
}
