import type { rulesEnglish } from "../english/rules.ts";

export const rulesSpanish: Readonly<Record<keyof typeof rulesEnglish, string>> = {
  "headline-stronger": "MÁS FUERTE · { $headline }",
  "headline-update": "AHORA · { $headline }",

  "refused-symbol": "Ese símbolo no se vigila aquí. Elige uno de { $symbols }.",
  "refused-threshold": "La ratio debe estar entre { $least } y { $most }, por ejemplo 2.5.",
  "refused-notional": "La suma debe estar entre 100K y 1T de dólares, por ejemplo 1.1B, o auto.",
  "refused-cooldown": "La pausa entre alertas debe estar entre 1 minuto y 7 días.",
  "refused-too-many-subscriptions": "Aquí ya hay { $most } alertas y no caben más. Quita una primero.",
  "refused-too-many-notionals":
    "Ya se vigilan { $most } sumas distintas de este símbolo y no caben más. Usa auto o una suma que usen otros.",
  "refused-no-such-subscription": "Aquí no hay tal alerta.",
  "refused-there-already": "Aquí ya hay una alerta así.",
  "refused-nothing-kept": "No se guarda nada de este lugar.",
  "refused-from-config": "Esta alerta viene de la configuración. Desactívala y añade una tuya.",
  "refused-zone": "No conozco esa zona horaria. Escríbela como Europe/Madrid.",
  "refused-quiet-hours": "Las horas de silencio necesitan dos horas distintas, por ejemplo 22:00-07:00.",
  "refused-loud-per-day": "Las alertas con sonido al día deben ser entre 1 y 100.",
  "refused-mute": "Una pausa dura un año como mucho.",
  "refused-language": "Ese idioma no lo hablo.",
};
