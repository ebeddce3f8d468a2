// Original file: protos/podresources.proto


export interface ContainerDevices {
  'resourceName'?: (string);
  'deviceIds'?: (string)[];
}

export interface ContainerDevices__Output {
  'resourceName': (string);
  'deviceIds': (string)[];
}
