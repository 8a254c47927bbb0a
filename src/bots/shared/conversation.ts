import type { Place } from "../../alerts/edits.ts";
import type { TextId } from "../../texts/en.ts";
import type { Texts } from "../../texts/texts.ts";
import type { BotPorts } from "../contracts.ts";
import { changesSettings, type Action, type ActionName, type ActionOf } from "./actions.ts";
import { marketHandlers } from "./handlers/market.ts";
import { settingsHandlers } from "./handlers/settings.ts";
import { subscribingHandlers } from "./handlers/subscribing.ts";
import type { About } from "./replies/subscribe.ts";
import { saidReply } from "./replies/settings.ts";
import type { Button, Reply } from "./reply.ts";

/** Somebody asks for something. */
export interface Asked {
  /** The destination it is about: where it was asked, or the one a button names. */
  readonly place: Place;
  readonly texts: Texts;
  /** Empty where it is about the chat it was asked in. */
  readonly about: About;
  /** May who asked change the place's settings? Asked for anew each time, and only when it matters. */
  readonly mayChange: () => Promise<boolean>;
}

/** What only one platform knows. */
export interface PlatformWords {
  /** A refused test alert in words that name the right that is missing. */
  readonly explainRefusal: (texts: Texts, reason: string) => string;
  /** An answer in a private conversation doesn't prove that alerts can be posted there. */
  readonly testsDirect?: true;
  /** Who changes alerts in groups, and where they come, for `/help`. */
  readonly helpOnPlaces: readonly TextId[];
  /** Ways into groups and channels, for `/start`. */
  readonly placeButtons: (texts: Texts) => readonly Button[];
}

export interface Tools extends BotPorts {
  readonly words: PlatformWords;
}

/** Does what is asked and says so. Rejects only when the store does. */
export type Perform = (action: Action, asked: Asked) => Promise<Reply>;

/** The conversation that every platform has with people; who may change what is decided here, once for all. */
export function createConversation(ports: BotPorts, words: PlatformWords): Perform {
  const tools: Tools = { ...ports, words };
  return async (action, asked) => {
    if (changesSettings(action) && !(await asked.mayChange())) {
      const id = asked.about.target === undefined ? "bot-admins-only" : "bot-not-yours";
      return { ...saidReply(asked.texts.say(id)), isPrivate: true };
    }
    return answer(tools, action, asked);
  };
}

type Handlers = {
  readonly [K in ActionName]: (tools: Tools, action: ActionOf<K>, asked: Asked) => Promise<Reply> | Reply;
};

const handlers: Handlers = { ...marketHandlers, ...subscribingHandlers, ...settingsHandlers };

async function answer<K extends ActionName>(tools: Tools, action: ActionOf<K>, asked: Asked): Promise<Reply> {
  const handler: Handlers[K] = handlers[action.do];
  return handler(tools, action, asked);
}
