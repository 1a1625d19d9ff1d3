/** What each group of operations is about. */
export const TAGS: Readonly<Record<string, string>> = {
  servers: 'The catalogue: definitions of servers that can be run or reached, and templates.',
  instances: 'Servers that are wanted, what became of them, and what can be done with them.',
  containers: "The provisioner's own words for instances, as the required documents print them.",
  operations: 'Long-running work as a resource.',
  tools: 'Tools of running servers: list them, call them.',
  resources: 'Resources of running servers.',
  prompts: 'Prompts of running servers.',
  endpoints: 'Virtual endpoints: chosen tools of chosen instances under one name.',
  connect: 'Configurations for MCP clients.',
  secrets: 'Names and use of stored secrets; never values.',
  identity: 'Who you are and what you may do.',
  settings: 'What can be tuned while the product runs.',
  limits: 'Quotas, and what is used of them.',
  audit: 'Who did what.',
  health: 'How the parts are.',
  metrics: 'How much and how fast, in numbers.',
};
