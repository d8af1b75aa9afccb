import type { CallDetails } from "$generated/CallDetails";
import type { CallRef } from "$generated/CallRef";
import type { CallsChanged } from "$generated/CallsChanged";
import type { CallsPage } from "$generated/CallsPage";
import type { CardsView } from "$generated/CardsView";
import type { ConnectOfficeRequest } from "$generated/ConnectOfficeRequest";
import type { DemoPhoneAction } from "$generated/DemoPhoneAction";
import type { DialPreview } from "$generated/DialPreview";
import type { DialRequested } from "$generated/DialRequested";
import type { DisconnectOfficeRequest } from "$generated/DisconnectOfficeRequest";
import type { ListCallsRequest } from "$generated/ListCallsRequest";
import type { MainView } from "$generated/MainView";
import type { NoticeKind } from "$generated/NoticeKind";
import type { OpenCall } from "$generated/OpenCall";
import type { OpenRecordingRequest } from "$generated/OpenRecordingRequest";
import type { PlaceCallRequest } from "$generated/PlaceCallRequest";
import type { PlacedView } from "$generated/PlacedView";
import type { PreviewDialRequest } from "$generated/PreviewDialRequest";
import type { RecordingView } from "$generated/RecordingView";
import type { RenewTokenRequest } from "$generated/RenewTokenRequest";
import type { SaveNoteRequest } from "$generated/SaveNoteRequest";
import type { SaveOutcomeRequest } from "$generated/SaveOutcomeRequest";
import type { Settings } from "$generated/Settings";

/** Events that Rust sends to the main window, with their payloads. */
export interface MainEvents {
  main: MainView;
  calls: CallsChanged;
  dial: DialRequested;
  open: OpenCall;
}

/** Events that Rust sends to the card window. */
export interface CardEvents {
  cards: CardsView;
}

/** Ends a subscription. */
export type Unsubscribe = () => void;

/** Subscribes to events; resolves once nothing can be missed any more. */
export type Listen<Events> = <Name extends keyof Events & string>(
  name: Name,
  handler: (payload: Events[Name]) => void,
) => Promise<Unsubscribe>;

/** Everything that the main window may ask of the program around it. Failures are `ContractError` objects. */
export interface MainPlatform {
  listen: Listen<MainEvents>;
  mainSnapshot(): Promise<MainView>;
  listCalls(request: ListCallsRequest): Promise<CallsPage>;
  callDetails(request: CallRef): Promise<CallDetails>;
  saveNote(request: SaveNoteRequest): Promise<CallDetails>;
  saveOutcome(request: SaveOutcomeRequest): Promise<CallDetails>;
  previewDial(request: PreviewDialRequest): Promise<DialPreview>;
  placeCall(request: PlaceCallRequest): Promise<PlacedView>;
  openRecording(request: OpenRecordingRequest): Promise<RecordingView>;
  saveSettings(request: Settings): Promise<void>;
  connectOffice(request: ConnectOfficeRequest): Promise<void>;
  renewOfficeToken(request: RenewTokenRequest): Promise<void>;
  disconnectOffice(request: DisconnectOfficeRequest): Promise<void>;
  startDemo(): Promise<void>;
  leaveDemo(): Promise<void>;
  dismissNotice(request: NoticeKind): Promise<void>;
  /** What came while away has been seen. */
  dismissAway(): Promise<void>;
  demoPhone(request: DemoPhoneAction): Promise<void>;
  /** A number that another program handed over before this page was ready. */
  pendingDial(): Promise<DialRequested | null>;
  /** A call that was asked for before this page was ready. */
  pendingOpen(): Promise<OpenCall | null>;
  /** The address that serves a recording's bytes with ranges. */
  recordingUrl(path: string): string;
}

/** Wish to call back the party of a card. */
export interface CallBackRequest {
  /** UUID made by the page for this wish: a second click is the same wish. */
  command: string;
  /** Whose party. */
  call: CallRef;
}

/** Everything that the card window may ask of the program around it. */
export interface CardPlatform {
  listen: Listen<CardEvents>;
  cardSnapshot(): Promise<CardsView>;
  dismiss(request: CallRef): Promise<void>;
  callBack(request: CallBackRequest): Promise<void>;
  open(request: CallRef): Promise<void>;
  saveNote(request: SaveNoteRequest): Promise<void>;
  /** Height of the content in CSS pixels: the window follows it. */
  resize(height: number): Promise<void>;
  /** A note is being written, or no more: the window takes the keyboard only meanwhile. */
  typing(writing: boolean): Promise<void>;
  /** A revision has been painted. */
  painted(revision: number): Promise<void>;
  demoPhone(request: DemoPhoneAction): Promise<void>;
}
