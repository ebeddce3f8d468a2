/** No number of replicas that a person writes may be above this; a slip of the pen should not order a data centre. */
export const maxReplicas = 10_000;
