// Office.js' own wire protocol, as its Excel client speaks it to a native host: batches of actions on object paths.
// Seen in the traffic of @microsoft/office-js 1.1.110; nothing of it is documented.

import { ApiError } from "./errors";
import type { Item, Members } from "./objects";

interface ArgumentInfo { readonly Arguments?: readonly unknown[]; readonly ReferencedObjectPathIds?: readonly (number | null)[] }
interface ObjectPath { readonly ObjectPathType: number; readonly Name: string; readonly ParentObjectPathId: number; readonly ArgumentInfo?: ArgumentInfo }
interface Query { readonly Select?: readonly string[]; readonly Top?: number; readonly Skip?: number }
interface Action { readonly Id: number; readonly ActionType: number; readonly Name: string; readonly ObjectPathId: number; readonly ArgumentInfo?: ArgumentInfo; readonly QueryInfo?: Query }
export interface Batch { readonly Actions: readonly Action[]; readonly ObjectPaths: Record<string, ObjectPath> }
export interface Answer { readonly Results: { ActionId: number; Value: unknown }[]; readonly TraceIds: number[]; readonly Error?: { Code: string; Message: string; ActionIndex: number } }

const PATH = { root: 1, method: 3, property: 4, indexer: 5, reference: 6, nullObject: 7 } as const;
const ACTION = { instantiate: 1, query: 2, method: 3, setProperty: 4, trace: 5 } as const;

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
const isItem = (value: unknown): value is Item => typeof value === "object" && value !== null && "type" in value;

function refuse(kind: string, item: Item, name: string): never {
  throw new ApiError("ApiNotFound", `The test host has no ${kind} ${item.type}.${name}.`);
}

/** Objects that the client asked to keep for later batches, by the ids it got for them. */
export class References {
  private readonly items = new Map<string, Item>();
  private given = 0;

  keep(item: Item): void {
    if (this.idOf(item) === null) this.items.set(`reference-${(this.given += 1)}`, item);
  }

  drop(item: Item): void {
    const id = this.idOf(item);
    if (id !== null) this.items.delete(id);
  }

  idOf(item: Item): string | null {
    return [...this.items].find(([, kept]) => kept === item)?.[0] ?? null;
  }

  find(id: string): Item {
    const item = this.items.get(id);
    if (!item) throw new ApiError("InvalidReference", "The reference is not kept, or no longer.");
    return item;
  }
}

class Run {
  private readonly known = new Map<number, Item | null>();

  constructor(private readonly batch: Batch, private readonly members: Record<string, Members>, private readonly references: References) {}

  private of(item: Item): Members {
    return this.members[item.type] ?? refuse("object", item, "");
  }

  private values({ Arguments = [], ReferencedObjectPathIds }: ArgumentInfo = {}): never[] {
    return Arguments.map((value, index) => { const id = ReferencedObjectPathIds?.[index]; return id ? this.item(id) : value; }) as never[];
  }

  private item(id: number): Item | null {
    if (!this.known.has(id)) this.known.set(id, this.find(id));
    return this.known.get(id) ?? null;
  }

  private find(id: number): Item | null {
    const path = this.batch.ObjectPaths[String(id)];
    if (!path) throw new ApiError("InvalidObjectPath", "The object path isn't in the batch.");
    if (path.ObjectPathType === PATH.root) return { type: "Workbook" };
    if (path.ObjectPathType === PATH.nullObject) return null;
    if (path.ObjectPathType === PATH.reference) return this.references.find(path.Name);
    const parent = this.item(path.ParentObjectPathId);
    if (!parent) return null;
    const { get, call, index } = this.of(parent);
    const kinds: Record<number, () => unknown> = {
      [PATH.method]: () => (call?.[path.Name] ?? refuse("method", parent, path.Name))(parent as never, ...this.values(path.ArgumentInfo)),
      [PATH.property]: () => (get?.[path.Name] ?? refuse("property", parent, path.Name))(parent as never),
      [PATH.indexer]: () => (index ?? refuse("indexer", parent, ""))(parent as never, this.values(path.ArgumentInfo)[0] as never),
    };
    const found = (kinds[path.ObjectPathType] ?? refuse("object path of type", parent, String(path.ObjectPathType)))();
    return isItem(found) ? found : null;
  }

  private read(item: Item, { Select = [], Top, Skip }: Query): Record<string, unknown> {
    if (Top !== undefined && Top !== null || Skip) throw new ApiError("ApiNotFound", "The test host has no paging.");
    const { get, items } = this.of(item);
    // The client leaves "items/" out: in a collection, names are those of its members.
    const own = items ? [] : Select;
    const read = Object.fromEntries(own.map((name) => {
      const [head = "", ...rest] = name.split("/");
      const value = (get?.[capital(head)] ?? refuse("property", item, capital(head)))(item as never);
      return [capital(head), isItem(value) ? this.read(value, { Select: rest.length ? [rest.join("/")] : [] }) : value];
    }));
    if (!items) return read;
    const inside = Select.filter((name) => name !== "items").map((name) => name.replace(/^items\//, ""));
    return { ...read, _Items: items(item as never).map((child) => ({ ...this.read(child, { Select: inside }), _Id: child.id })) };
  }

  perform(action: Action): unknown {
    const { ActionType: kind, Name: name } = action;
    const item = this.item(action.ObjectPathId);
    if (!item) return null;
    if (kind === ACTION.instantiate) {
      const id = this.references.idOf(item);
      return id === null ? {} : { _ReferenceId: id };
    }
    if (kind === ACTION.query) return this.read(item, action.QueryInfo ?? {});
    if (name === "_KeepReference") return this.references.keep(item);
    if (name === "_RemoveReference") return this.references.drop(item);
    const { call, set } = this.of(item);
    const values = this.values(action.ArgumentInfo);
    if (kind === ACTION.setProperty) return (set?.[name] ?? refuse("settable property", item, name))(item as never, values[0] as never);
    if (kind !== ACTION.method) refuse("action of type", item, String(kind));
    const result = (call?.[name] ?? refuse("method", item, name))(item as never, ...values);
    return isItem(result) ? {} : (result ?? null);
  }
}

/** Carries a batch out, up to its first failure. */
export function answer(batch: Batch, members: Record<string, Members>, references: References): Answer {
  const run = new Run(batch, members, references);
  const Results: Answer["Results"] = [];
  const TraceIds: number[] = [];
  for (const [index, action] of batch.Actions.entries()) {
    try {
      // Marks that the client sets to learn how far a batch came.
      const isTrace = action.ActionType === ACTION.trace;
      if (isTrace) TraceIds.push(action.Id);
      Results.push({ ActionId: action.Id, Value: isTrace ? null : (run.perform(action) ?? null) });
    } catch (error) {
      const Code = error instanceof ApiError ? error.code : "GeneralException";
      return { Results, TraceIds, Error: { Code, Message: (error as Error).message, ActionIndex: index } };
    }
  }
  return { Results, TraceIds };
}
