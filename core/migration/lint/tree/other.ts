/** Statements of which no more than their kind matters. */

/** Of the whole server, or of roles and databases that others share. */
export const SERVER_WIDE: ReadonlySet<string> = new Set([
  ...['AlterSystemStmt', 'CreatedbStmt', 'DropdbStmt', 'AlterDatabaseStmt', 'AlterDatabaseSetStmt'],
  ...['AlterDatabaseRefreshCollStmt', 'CreateRoleStmt', 'AlterRoleStmt', 'AlterRoleSetStmt'],
  ...['DropRoleStmt', 'GrantRoleStmt', 'CreateTableSpaceStmt', 'DropTableSpaceStmt'],
  ...['AlterTableSpaceOptionsStmt', 'AlterTableMoveAllStmt', 'DropOwnedStmt', 'ReassignOwnedStmt'],
  ...['CreateSubscriptionStmt', 'AlterSubscriptionStmt', 'DropSubscriptionStmt', 'LoadStmt'],
  ...['CheckPointStmt', 'DiscardStmt', 'CreateEventTrigStmt', 'AlterEventTrigStmt'],
]);

/** They touch the catalogue alone: no table is locked for them, and no running version is in their way. */
export const HARMLESS: ReadonlySet<string> = new Set([
  ...[
    'CreateSchemaStmt',
    'DefineStmt',
    'CreateCastStmt',
    'CreateConversionStmt',
    'CreateTransformStmt',
  ],
  ...['CreateOpClassStmt', 'CreateOpFamilyStmt', 'AlterOpFamilyStmt', 'AlterOperatorStmt'],
  ...['AlterTSDictionaryStmt', 'AlterTSConfigurationStmt', 'AlterFunctionStmt', 'AlterTypeStmt'],
  ...['AlterDefaultPrivilegesStmt', 'AlterStatsStmt', 'CreatePLangStmt'],
  ...['CreateFdwStmt', 'AlterFdwStmt', 'CreateForeignServerStmt', 'AlterForeignServerStmt'],
  ...['CreateUserMappingStmt', 'AlterUserMappingStmt', 'DropUserMappingStmt', 'AlterCollationStmt'],
  ...['NotifyStmt', 'ListenStmt', 'UnlistenStmt', 'VariableShowStmt', 'ConstraintsSetStmt'],
  ...['DeallocateStmt', 'ClosePortalStmt', 'FetchStmt', 'AlterObjectDependsStmt', 'CreateAmStmt'],
]);
