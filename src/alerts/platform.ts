/** Of a destination, written `console`, `telegram:CHAT[/TOPIC]`, `discord:CHANNEL` or `webhook:URL`: what it begins with. */
export function platformOf(destination: string): string {
  const colon = destination.indexOf(":");
  return colon < 0 ? destination : destination.slice(0, colon);
}
