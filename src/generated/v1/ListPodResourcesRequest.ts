// Original file: protos/podresources.proto


export interface ListPodResourcesRequest {
}

export interface ListPodResourcesRequest__Output {
}
