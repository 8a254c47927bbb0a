import { Command } from "commander";
export function sendTestCommand(): Command {
  return new Command("send-test");
}
