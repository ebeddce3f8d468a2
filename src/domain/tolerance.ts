/** `--horizontal-pod-autoscaler-tolerance` of kube-controller-manager, unless a cluster's administrator chose another. */
export const usualTolerance = 0.1;
