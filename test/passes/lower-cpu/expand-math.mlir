// RUN: bert-opt %s --bert-expand-math | FileCheck %s
// RUN: bert-opt %s --bert-expand-math --convert-math-to-llvm --convert-math-to-libm --bert-llvm-pipeline > %t.mlir
// RUN: mlir-runner %t.mlir -e exp_error -entry-point-result=i32 | FileCheck %s --check-prefix=WITHIN
// RUN: mlir-runner %t.mlir -e tanh_error -entry-point-result=i32 | FileCheck %s --check-prefix=WITHIN
// RUN: mlir-runner %t.mlir -e ends -entry-point-result=i32 | FileCheck %s --check-prefix=WITHIN

// The largest relative error of each polynomial against libm in f64, over every 31st float of the range, both signs;
// rounding to f32 alone is 6e-8.
//
//   exp   9.0e-8   bound here 1e-7   |x| < 87.3: beyond it exp(-|x|) is no normal f32
//   tanh  2.9e-7              3e-7   |x| normal
//
// The test takes every 997th float, and prints 0 or, beyond the bound, the error in units of 1e-11.
// WITHIN: {{^0$}}

// CHECK-LABEL: func.func @exp_f32
// CHECK-NOT: math.exp
// CHECK: math.fma
func.func @exp_f32(%x : vector<16xf32>) -> vector<16xf32> {
  %0 = math.exp %x : vector<16xf32>
  return %0 : vector<16xf32>
}

// CHECK-LABEL: func.func @tanh_f32
// CHECK-NOT: math.tanh
// CHECK: math.fma
func.func @tanh_f32(%x : vector<16xf32>) -> vector<16xf32> {
  %0 = math.tanh %x : vector<16xf32>
  return %0 : vector<16xf32>
}

// Scalars too.
// CHECK-LABEL: func.func @scalar
// CHECK-NOT: math.exp
// CHECK: return
func.func @scalar(%x : f32) -> f32 {
  %0 = math.exp %x : f32
  return %0 : f32
}

// What the CPU has an instruction for stays.
// CHECK-LABEL: func.func @sqrt
// CHECK: math.sqrt
func.func @sqrt(%x : vector<16xf32>) -> vector<16xf32> {
  %0 = math.sqrt %x : vector<16xf32>
  return %0 : vector<16xf32>
}

// So does f64, which no kernel has: it is the reference below.
// CHECK-LABEL: func.func private @exp_of
// CHECK: math.exp %{{.*}} : vector<16xf64>
func.func private @exp_of(%x : vector<16xf32>) -> f64 {
  %y = call @exp_f32(%x) : (vector<16xf32>) -> vector<16xf32>
  %x64 = arith.extf %x : vector<16xf32> to vector<16xf64>
  %wanted = math.exp %x64 : vector<16xf64>
  %error = call @relative(%y, %wanted) : (vector<16xf32>, vector<16xf64>) -> f64
  return %error : f64
}

// CHECK-LABEL: func.func private @tanh_of
// CHECK: math.tanh %{{.*}} : vector<16xf64>
func.func private @tanh_of(%x : vector<16xf32>) -> f64 {
  %y = call @tanh_f32(%x) : (vector<16xf32>) -> vector<16xf32>
  %x64 = arith.extf %x : vector<16xf32> to vector<16xf64>
  %wanted = math.tanh %x64 : vector<16xf64>
  %error = call @relative(%y, %wanted) : (vector<16xf32>, vector<16xf64>) -> f64
  return %error : f64
}

// The largest |y / wanted - 1|; NaN when one is.
func.func private @relative(%y : vector<16xf32>, %wanted : vector<16xf64>) -> f64 {
  %0 = arith.extf %y : vector<16xf32> to vector<16xf64>
  %1 = arith.subf %0, %wanted : vector<16xf64>
  %2 = arith.divf %1, %wanted : vector<16xf64>
  %3 = math.absf %2 : vector<16xf64>
  %4 = vector.reduction <maximumf>, %3 : vector<16xf64> into f64
  return %4 : f64
}

// The largest error over the floats of both signs whose magnitudes have the bits [first, last).
func.func private @largest(%error : (vector<16xf32>) -> f64, %first : index, %last : index) -> f64 {
  %stride = arith.constant 997 : index
  %step = arith.constant 15952 : index
  %zero = arith.constant 0.0 : f64
  %lanes = vector.step : vector<16xindex>
  %strides = vector.broadcast %stride : index to vector<16xindex>
  %places = arith.muli %lanes, %strides : vector<16xindex>
  %result = scf.for %i = %first to %last step %step iter_args(%most = %zero) -> (f64) {
    %starts = vector.broadcast %i : index to vector<16xindex>
    %wide = arith.addi %starts, %places : vector<16xindex>
    %bits = arith.index_cast %wide : vector<16xindex> to vector<16xi32>
    %x = arith.bitcast %bits : vector<16xi32> to vector<16xf32>
    %minus = arith.negf %x : vector<16xf32>
    %0 = func.call_indirect %error(%x) : (vector<16xf32>) -> f64
    %1 = func.call_indirect %error(%minus) : (vector<16xf32>) -> f64
    %2 = arith.maximumf %most, %0 : f64
    %3 = arith.maximumf %2, %1 : f64
    scf.yield %3 : f64
  }
  return %result : f64
}

func.func private @compare(%error : f64, %bound : f64) -> i32 {
  %unit = arith.constant 1.0e-11 : f64
  %good = arith.cmpf ole, %error, %bound : f64
  %0 = arith.divf %error, %unit : f64
  %most = arith.constant 2.0e+9 : f64 // for NaN too
  %1 = arith.minnumf %0, %most : f64
  %2 = arith.fptosi %1 : f64 to i32
  %none = arith.constant 0 : i32
  %3 = arith.select %good, %none, %2 : i32
  return %3 : i32
}

func.func @exp_error() -> i32 attributes {llvm.emit_c_interface} {
  %exp = func.constant @exp_of : (vector<16xf32>) -> f64
  %first = arith.constant 0 : index
  %last = arith.constant 0x42AE8CCC : index // 87.3 but for a last vector
  %bound = arith.constant 1.0e-7 : f64
  %error = call @largest(%exp, %first, %last) : ((vector<16xf32>) -> f64, index, index) -> f64
  %0 = call @compare(%error, %bound) : (f64, f64) -> i32
  return %0 : i32
}

func.func @tanh_error() -> i32 attributes {llvm.emit_c_interface} {
  %tanh = func.constant @tanh_of : (vector<16xf32>) -> f64
  %first = arith.constant 0x00800000 : index
  %last = arith.constant 0x7F7F0000 : index
  %bound = arith.constant 3.0e-7 : f64
  %error = call @largest(%tanh, %first, %last) : ((vector<16xf32>) -> f64, index, index) -> f64
  %0 = call @compare(%error, %bound) : (f64, f64) -> i32
  return %0 : i32
}

// A NaN stays one. Prints how many do not.
// RUN: mlir-runner %t.mlir -e no_number -entry-point-result=i32 | FileCheck %s --check-prefix=WITHIN
func.func @no_number() -> i32 attributes {llvm.emit_c_interface} {
  %x = arith.constant dense<0x7FC00000> : vector<16xf32>
  %y = call @exp_f32(%x) : (vector<16xf32>) -> vector<16xf32>
  %isNumber = arith.cmpf ord, %y, %y : vector<16xf32>
  %counts = arith.extui %isNumber : vector<16xi1> to vector<16xi32>
  %count = vector.reduction <add>, %counts : vector<16xi32> into i32
  return %count : i32
}

// Where exp leaves the range of f32 it is 0 and infinity: silu of a large negative number is 0, not NaN. Prints how
// many of the values are wrong.
func.func @ends() -> i32 attributes {llvm.emit_c_interface} {
  %x = arith.constant dense<[0xFF800000, -1.0e+38, -200.0, -104.0, -88.0, -0.0, 0.0, 0.0,
                             89.0, 90.0, 104.0, 200.0, 1.0e+10, 1.0e+38, 3.0e+38, 0x7F800000]> : vector<16xf32>
  %wanted = arith.constant dense<[0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0,
                                  0x7F800000, 0x7F800000, 0x7F800000, 0x7F800000, 0x7F800000, 0x7F800000, 0x7F800000, 0x7F800000]> : vector<16xf32>
  %y = call @exp_f32(%x) : (vector<16xf32>) -> vector<16xf32>
  %differs = arith.cmpf une, %y, %wanted : vector<16xf32>
  %counts = arith.extui %differs : vector<16xi1> to vector<16xi32>
  %count = vector.reduction <add>, %counts : vector<16xi32> into i32
  return %count : i32
}
