/** Routes of meshes and gateways, with the columns that their definitions name. */
import { customColumns } from './custom.ts';

const AGE = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };
const column = (name: string, jsonPath: string) => ({ name, type: 'string', jsonPath });
const conditionPath = (type: string): string => `.status.conditions[?(@.type=="${type}")].status`;

export const VIRTUAL_SERVICE_COLUMNS = customColumns([
  column('Gateways', '.spec.gateways'),
  column('Hosts', '.spec.hosts'),
  AGE,
]);

export const DESTINATION_RULE_COLUMNS = customColumns([column('Host', '.spec.host'), AGE]);

export const GATEWAY_CLASS_COLUMNS = customColumns([
  column('Controller', '.spec.controllerName'),
  column('Accepted', conditionPath('Accepted')),
  AGE,
]);

export const GATEWAY_COLUMNS = customColumns([
  column('Class', '.spec.gatewayClassName'),
  column('Address', '.status.addresses[0].value'),
  column('Programmed', conditionPath('Programmed')),
  AGE,
]);

export const HTTP_ROUTE_COLUMNS = customColumns([column('Hostnames', '.spec.hostnames'), AGE]);
