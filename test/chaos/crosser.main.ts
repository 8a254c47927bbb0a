import { cross } from "./crosser.ts";

await cross();
