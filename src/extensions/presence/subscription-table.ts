/** The states of RFC 6121 §A.1, by its names, seen from the account whose roster it is. */
export type StateName =
  | "None"
  | "None + Pending Out"
  | "None + Pending In"
  | "None + Pending Out+In"
  | "To"
  | "To + Pending In"
  | "From"
  | "From + Pending Out"
  | "Both";

export type SubscriptionType = "subscribe" | "subscribed" | "unsubscribe" | "unsubscribed";

/** What becomes of a subscription stanza that the account sends. */
export interface OutboundRule {
  /** Whether it goes to the contact. */
  readonly route: boolean;
  /** undefined where the state stays. */
  readonly next: StateName | "pre-approval" | undefined;
}

/** What becomes of one that the contact sends. */
export interface InboundRule {
  /** Whether the account's resources get it. */
  readonly deliver: boolean;
  /** undefined where the state stays. */
  readonly next: StateName | undefined;
  /** What the server answers on behalf of the account. */
  readonly reply: SubscriptionType | undefined;
}

type Rules<R> = Readonly<Record<StateName, R>>;

const routed = (next?: StateName): OutboundRule => ({ route: true, next });
const kept = (next?: "pre-approval"): OutboundRule => ({ route: false, next });
const delivered = (next: StateName, reply?: SubscriptionType): InboundRule => ({
  deliver: true,
  next,
  reply,
});
const swallowed = (next?: StateName, reply?: SubscriptionType): InboundRule => ({
  deliver: false,
  next,
  reply,
});

/** RFC 6121 §A.2, Tables 2 to 5. */
export const outboundRules: Readonly<Record<SubscriptionType, Rules<OutboundRule>>> = {
  subscribe: {
    None: routed("None + Pending Out"),
    "None + Pending Out": routed(),
    "None + Pending In": routed("None + Pending Out+In"),
    "None + Pending Out+In": routed(),
    To: routed(),
    "To + Pending In": routed(),
    From: routed("From + Pending Out"),
    "From + Pending Out": routed(),
    Both: routed(),
  },
  unsubscribe: {
    None: routed(),
    "None + Pending Out": routed("None"),
    "None + Pending In": routed(),
    "None + Pending Out+In": routed("None + Pending In"),
    To: routed("None"),
    "To + Pending In": routed("None + Pending In"),
    From: routed(),
    "From + Pending Out": routed("From"),
    Both: routed("From"),
  },
  subscribed: {
    None: kept("pre-approval"),
    "None + Pending Out": kept("pre-approval"),
    "None + Pending In": routed("From"),
    "None + Pending Out+In": routed("From + Pending Out"),
    To: kept("pre-approval"),
    "To + Pending In": routed("Both"),
    From: kept(),
    "From + Pending Out": kept(),
    Both: kept(),
  },
  unsubscribed: {
    None: kept(),
    "None + Pending Out": kept(),
    "None + Pending In": routed("None"),
    "None + Pending Out+In": routed("None + Pending Out"),
    To: kept(),
    "To + Pending In": routed("To"),
    From: routed("None"),
    "From + Pending Out": routed("None + Pending Out"),
    Both: routed("To"),
  },
};

/** RFC 6121 §A.3, Tables 6 to 9. */
export const inboundRules: Readonly<Record<SubscriptionType, Rules<InboundRule>>> = {
  subscribe: {
    None: delivered("None + Pending In"),
    "None + Pending Out": delivered("None + Pending Out+In"),
    "None + Pending In": swallowed(),
    "None + Pending Out+In": swallowed(),
    To: delivered("To + Pending In"),
    "To + Pending In": swallowed(),
    From: swallowed(undefined, "subscribed"),
    "From + Pending Out": swallowed(undefined, "subscribed"),
    Both: swallowed(undefined, "subscribed"),
  },
  unsubscribe: {
    None: swallowed(),
    "None + Pending Out": swallowed(),
    "None + Pending In": delivered("None", "unsubscribed"),
    "None + Pending Out+In": delivered("None + Pending Out", "unsubscribed"),
    To: swallowed(),
    "To + Pending In": delivered("To", "unsubscribed"),
    From: delivered("None", "unsubscribed"),
    "From + Pending Out": delivered("None + Pending Out", "unsubscribed"),
    Both: delivered("To", "unsubscribed"),
  },
  subscribed: {
    None: swallowed(),
    "None + Pending Out": delivered("To"),
    "None + Pending In": swallowed(),
    "None + Pending Out+In": delivered("To + Pending In"),
    To: swallowed(),
    "To + Pending In": swallowed(),
    From: swallowed(),
    "From + Pending Out": delivered("Both"),
    Both: swallowed(),
  },
  unsubscribed: {
    None: swallowed(),
    "None + Pending Out": delivered("None"),
    "None + Pending In": swallowed(),
    "None + Pending Out+In": delivered("None + Pending In"),
    To: delivered("None"),
    "To + Pending In": delivered("None + Pending In"),
    From: swallowed(),
    "From + Pending Out": delivered("From"),
    Both: delivered("From"),
  },
};

/** A request from somebody whom the account has approved before (RFC 6121 §3.4.2, Table 6 note 1): instead of the row of `subscribe` above. */
export const approvedRules: Rules<InboundRule> = {
  None: swallowed("From", "subscribed"),
  "None + Pending Out": swallowed("From + Pending Out", "subscribed"),
  "None + Pending In": swallowed("From", "subscribed"),
  "None + Pending Out+In": swallowed("From + Pending Out", "subscribed"),
  To: swallowed("Both", "subscribed"),
  "To + Pending In": swallowed("Both", "subscribed"),
  From: swallowed(undefined, "subscribed"),
  "From + Pending Out": swallowed(undefined, "subscribed"),
  Both: swallowed(undefined, "subscribed"),
};
