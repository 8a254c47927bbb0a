import type { Catalogue } from "./en.ts";
import { botsSpanish } from "./spanish/bots.ts";
import { chartsSpanish } from "./spanish/charts.ts";
import { deliverySpanish } from "./spanish/delivery.ts";
import { discordSpanish } from "./spanish/discord.ts";
import { rulesSpanish } from "./spanish/rules.ts";
import { settingsSpanish } from "./spanish/settings.ts";

/** Spanish, in words that are understood on both sides of the Atlantic. */
export const spanish: Catalogue = {
  "headline-up": "{ $symbol } { $ratio }× desequilibrado al alza: los cortos están más cerca de liquidarse",
  "headline-down":
    "{ $symbol } { $ratio }× desequilibrado a la baja: los largos están más cerca de liquidarse",
  "headline-test": "PRUEBA · { $headline }",

  "fall-far":
    "⬇️ { $symbol } tendría que caer ~{ $distance } ({ $percent }) para liquidar { $notional } de largos,",
  "rise-near": "⬆️ pero subir solo ~{ $distance } ({ $percent }) para liquidar { $notional } de cortos.",
  "fall-near":
    "⬇️ { $symbol } tendría que caer solo ~{ $distance } ({ $percent }) para liquidar { $notional } de largos,",
  "rise-far": "⬆️ pero subir ~{ $distance } ({ $percent }) para liquidar { $notional } de cortos.",

  "suggests-up-1": "Los cortos se agolpan más cerca del precio: una subida forzaría antes compras.",
  "suggests-up-2": "Una caída del mismo tamaño forzaría menos ventas.",
  "suggests-down-1": "Los largos se agolpan más cerca del precio: una caída forzaría antes ventas.",
  "suggests-down-2": "Una subida del mismo tamaño forzaría menos compras.",

  "readings-title": "Cómo suele leerse",
  "momentum-who": "Los de momentum",
  "momentum-up": "quizá compren una ruptura al alza, contando con el cierre de cortos.",
  "momentum-down": "quizá vendan una ruptura a la baja, contando con la liquidación de largos.",
  "makers-who": "Los creadores de mercado",
  "makers-up": "quizá coticen más lejos por arriba, donde la compra forzada los arrolla.",
  "makers-down": "quizá coticen más lejos por abajo, donde la venta forzada los arrolla.",
  "contrarians-who": "Los contrarios",
  "contrarians-up": "quizá esperen a que el apretón se agote para venderlo.",
  "contrarians-down": "quizá esperen a que el barrido se agote para comprarlo.",

  "caveat-first": "Los mapas de liquidaciones no predicen precios.",
  "caveat-rest":
    "Muestran dónde está el apalancamiento, no adónde irá el precio; noticias, flujos de ETF y demanda al contado siguen mandando.",
  "bottom-line-up":
    "En suma: las mismas liquidaciones están { $ratio }× más lejos por debajo que por encima.",
  "bottom-line-down":
    "En suma: las mismas liquidaciones están { $ratio }× más lejos por encima que por debajo.",

  honesty: "Estimado (modelo) a { $price } · { $age } · { $venues } · { $band } · { $realised }",
  "honesty-test":
    "Cifras de ejemplo, no datos de mercado. Ningún umbral se ha cruzado; los envíos a este lugar funcionan.",
  "data-age": "datos de hace { $age }",
  "data-age-unknown": "edad de los datos desconocida",
  "venues-all": "{ $fresh }/{ $total } mercados",
  "venues-some": "{ $fresh }/{ $total } mercados, { $coverage } del interés abierto (faltan { $missing })",
  "names-more": "{ $names } y { $count } más",
  band: "banda del 80\u00a0% { $low }–{ $high }×",
  "band-none": "sin banda de confianza aún",
  realised: "mapas pasados cumplidos al { $share }",
  "realised-over": "los mapas pasados mostraron menos de lo liquidado",
  "realised-none": "mapas pasados aún sin evaluar",

  "resolved-up": "{ $symbol }: vuelve a { $ratio }× al alza. La alerta del { $firedAt } ha terminado.",
  "resolved-down": "{ $symbol }: vuelve a { $ratio }× a la baja. La alerta del { $firedAt } ha terminado.",
  "resolved-unsure-up":
    "{ $symbol }: sigue { $ratio }× al alza, pero ya no es { $percent } seguro que supere el umbral. La alerta del { $firedAt } ha terminado.",
  "resolved-unsure-down":
    "{ $symbol }: sigue { $ratio }× a la baja, pero ya no es { $percent } seguro que supere el umbral. La alerta del { $firedAt } ha terminado.",
  "resolved-turned-up":
    "{ $symbol }: se ha dado la vuelta, ahora { $ratio }× al alza. La alerta a la baja del { $firedAt } ha terminado.",
  "resolved-turned-down":
    "{ $symbol }: se ha dado la vuelta, ahora { $ratio }× a la baja. La alerta al alza del { $firedAt } ha terminado.",
  "possible-repeat": "Posible repetición: un envío anterior de este mensaje nunca se confirmó.",

  "age-seconds": "{ $count }\u00a0s",
  "age-minutes": "{ $count }\u00a0min",
  "age-hours": "{ $count }\u00a0h",
  "time-utc": "{ $time } UTC",

  ...botsSpanish,
  ...settingsSpanish,
  ...chartsSpanish,
  ...discordSpanish,
  ...rulesSpanish,
  ...deliverySpanish,
};
