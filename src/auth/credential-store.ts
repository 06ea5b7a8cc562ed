import type { Change, DocumentStore, Storage } from "../kernel/storage.ts";
import type { Jid } from "../xmpp/jid.ts";
import {
  type Credentials,
  type CredentialTools,
  credentialsCodec,
  makeCredentials,
  matchesPassword,
  type ScramKeys,
} from "./credentials.ts";
import { Decoys } from "./decoys.ts";
import type { ScramHash } from "./primitives.ts";

export interface FoundKeys {
  readonly keys: ScramKeys;
  /** False for decoys: no proof may succeed with them. */
  readonly known: boolean;
}

/** The hash that a password in the clear is checked with. */
const PASSWORD_HASH: ScramHash = "SHA-256";

/** The document store `credentials`: one per account, keyed by its bare JID. All passwords are in OpaqueString form. */
export class CredentialStore {
  readonly documents: DocumentStore<Credentials>;
  readonly tools: CredentialTools;
  readonly #decoys: Decoys;

  constructor(storage: Storage, tools: CredentialTools) {
    this.documents = storage.document("credentials", credentialsCodec);
    this.tools = tools;
    this.#decoys = new Decoys(storage, tools.world, tools.primitives, tools.iterations);
  }

  /**
   * The keys of an account, or decoys. Both cases do the same work, so that time does not tell who has an account:
   * the decoy is computed always, and where no document was read, one of the same size is decoded.
   *
   * @throws StorageError
   */
  async keys(account: Jid, hash: ScramHash): Promise<FoundKeys> {
    const [decoy, document] = await Promise.all([
      this.#decoys.keys(account, hash),
      this.#decoys.document(account),
    ]);
    const found = await this.documents.get(account.bare);
    if (found !== undefined) return { keys: found[hash], known: true };
    credentialsCodec.decode(document);
    return { keys: decoy, known: false };
  }

  /** One PBKDF2 run, whether or not the account is there. @throws StorageError */
  async matches(account: Jid, password: string): Promise<boolean> {
    const { keys, known } = await this.keys(account, PASSWORD_HASH);
    const matched = await matchesPassword(keys, PASSWORD_HASH, password, this.tools);
    return matched && known;
  }

  make(password: string): Promise<Credentials> {
    return makeCredentials(password, this.tools);
  }

  remove(account: Jid): Change {
    return this.documents.remove(account.bare);
  }
}
